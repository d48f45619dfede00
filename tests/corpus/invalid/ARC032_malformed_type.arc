machine m
enum Mode { A, B = 0, C = 7, D = 1 }
index Device[0]
index Crowd[5000]
flags Wide { B0, B1, B2, B3, B4, B5, B6, B7, B8, B9, B10, B11, B12, B13, B14, B15, B16, B17, B18, B19, B20, B21,
  B22, B23, B24, B25, B26, B27, B28, B29, B30, B31, B32, B33, B34, B35, B36, B37, B38, B39, B40, B41, B42, B43,
  B44, B45, B46, B47, B48, B49, B50, B51, B52, B53, B54, B55, B56, B57, B58, B59, B60, B61, B62, B63, B64 }
var level: int 3..0
var word: bits[0]
var long: bits[65]
var owner: Device
property p always all d in Device: level == 1 and d == owner
#! 2:16 ARC032 number 0 occurs twice in Mode
#! 3:7 ARC032 index Device has 1 to 4096 individuals, not 0
#! 4:7 ARC032 index Crowd has 1 to 4096 individuals, not 5000
#! 5:7 ARC032 flags Wide has more than 64 bits
#! 8:12 ARC032 int 3..0 has no values
#! 9:11 ARC032 a machine word has 1 to 64 bits, not 0
#! 10:11 ARC032 a machine word has 1 to 64 bits, not 65
