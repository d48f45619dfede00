machine m
var x0 bool
var x1 bool
var x2 bool
var x3 bool
var x4 bool
var x5 bool
var x6 bool
var x7 bool
var x8 bool
var x9 bool
var x10 bool
var x11 bool
var x12 bool
var x13 bool
var x14 bool
var x15 bool
var x16 bool
var x17 bool
var x18 bool
var x19 bool
var x20 bool
var x21 bool
var x22 bool
var x23 bool
var x24 bool
var x25 bool
var x26 bool
var x27 bool
var x28 bool
var x29 bool
var x30 bool
var x31 bool
var x32 bool
var x33 bool
var x34 bool
var x35 bool
var x36 bool
var x37 bool
var x38 bool
var x39 bool
var x40 bool
var x41 bool
var x42 bool
var x43 bool
var x44 bool
var x45 bool
var x46 bool
var x47 bool
var x48 bool
var x49 bool
var x50 bool
var x51 bool
var x52 bool
var x53 bool
var x54 bool
var x55 bool
var x56 bool
var x57 bool
var x58 bool
var x59 bool
var x60 bool
var x61 bool
var x62 bool
var x63 bool
var x64 bool
var x65 bool
var x66 bool
var x67 bool
var x68 bool
var x69 bool
var x70 bool
var x71 bool
var x72 bool
var x73 bool
var x74 bool
var x75 bool
var x76 bool
var x77 bool
var x78 bool
var x79 bool
var x80 bool
var x81 bool
var x82 bool
var x83 bool
var x84 bool
var x85 bool
var x86 bool
var x87 bool
var x88 bool
var x89 bool
var x90 bool
var x91 bool
var x92 bool
var x93 bool
var x94 bool
var x95 bool
var x96 bool
var x97 bool
var x98 bool
var x99 bool
var x100 bool
var x101 bool
var x102 bool
var x103 bool
var x104 bool
var x105 bool
var x106 bool
var x107 bool
var x108 bool
var x109 bool
var x110 bool
var x111 bool
var x112 bool
var x113 bool
var x114 bool
var x115 bool
var x116 bool
var x117 bool
var x118 bool
var x119 bool
var x120 bool
var x121 bool
var x122 bool
var x123 bool
var x124 bool
var x125 bool
var x126 bool
var x127 bool
var x128 bool
var x129 bool
var x130 bool
var x131 bool
var x132 bool
var x133 bool
var x134 bool
var x135 bool
var x136 bool
var x137 bool
var x138 bool
var x139 bool
var x140 bool
var x141 bool
var x142 bool
var x143 bool
var x144 bool
var x145 bool
var x146 bool
var x147 bool
var x148 bool
var x149 bool
var x150 bool
var x151 bool
var x152 bool
var x153 bool
var x154 bool
var x155 bool
var x156 bool
var x157 bool
var x158 bool
var x159 bool
var x160 bool
var x161 bool
var x162 bool
var x163 bool
var x164 bool
var x165 bool
var x166 bool
var x167 bool
var x168 bool
var x169 bool
var x170 bool
var x171 bool
var x172 bool
var x173 bool
var x174 bool
var x175 bool
var x176 bool
var x177 bool
var x178 bool
var x179 bool
var x180 bool
var x181 bool
var x182 bool
var x183 bool
var x184 bool
var x185 bool
var x186 bool
var x187 bool
var x188 bool
var x189 bool
var x190 bool
var x191 bool
var x192 bool
var x193 bool
var x194 bool
var x195 bool
var x196 bool
var x197 bool
var x198 bool
var x199 bool
var x200 bool
#! 2:8 ARC001 expected `:`, found `bool`
#! 3:8 ARC001 expected `:`, found `bool`
#! 4:8 ARC001 expected `:`, found `bool`
#! 5:8 ARC001 expected `:`, found `bool`
#! 6:8 ARC001 expected `:`, found `bool`
#! 7:8 ARC001 expected `:`, found `bool`
#! 8:8 ARC001 expected `:`, found `bool`
#! 9:8 ARC001 expected `:`, found `bool`
#! 10:8 ARC001 expected `:`, found `bool`
#! 11:8 ARC001 expected `:`, found `bool`
#! 12:9 ARC001 expected `:`, found `bool`
#! 13:9 ARC001 expected `:`, found `bool`
#! 14:9 ARC001 expected `:`, found `bool`
#! 15:9 ARC001 expected `:`, found `bool`
#! 16:9 ARC001 expected `:`, found `bool`
#! 17:9 ARC001 expected `:`, found `bool`
#! 18:9 ARC001 expected `:`, found `bool`
#! 19:9 ARC001 expected `:`, found `bool`
#! 20:9 ARC001 expected `:`, found `bool`
#! 21:9 ARC001 expected `:`, found `bool`
#! 22:9 ARC001 expected `:`, found `bool`
#! 23:9 ARC001 expected `:`, found `bool`
#! 24:9 ARC001 expected `:`, found `bool`
#! 25:9 ARC001 expected `:`, found `bool`
#! 26:9 ARC001 expected `:`, found `bool`
#! 27:9 ARC001 expected `:`, found `bool`
#! 28:9 ARC001 expected `:`, found `bool`
#! 29:9 ARC001 expected `:`, found `bool`
#! 30:9 ARC001 expected `:`, found `bool`
#! 31:9 ARC001 expected `:`, found `bool`
#! 32:9 ARC001 expected `:`, found `bool`
#! 33:9 ARC001 expected `:`, found `bool`
#! 34:9 ARC001 expected `:`, found `bool`
#! 35:9 ARC001 expected `:`, found `bool`
#! 36:9 ARC001 expected `:`, found `bool`
#! 37:9 ARC001 expected `:`, found `bool`
#! 38:9 ARC001 expected `:`, found `bool`
#! 39:9 ARC001 expected `:`, found `bool`
#! 40:9 ARC001 expected `:`, found `bool`
#! 41:9 ARC001 expected `:`, found `bool`
#! 42:9 ARC001 expected `:`, found `bool`
#! 43:9 ARC001 expected `:`, found `bool`
#! 44:9 ARC001 expected `:`, found `bool`
#! 45:9 ARC001 expected `:`, found `bool`
#! 46:9 ARC001 expected `:`, found `bool`
#! 47:9 ARC001 expected `:`, found `bool`
#! 48:9 ARC001 expected `:`, found `bool`
#! 49:9 ARC001 expected `:`, found `bool`
#! 50:9 ARC001 expected `:`, found `bool`
#! 51:9 ARC001 expected `:`, found `bool`
#! 52:9 ARC001 expected `:`, found `bool`
#! 53:9 ARC001 expected `:`, found `bool`
#! 54:9 ARC001 expected `:`, found `bool`
#! 55:9 ARC001 expected `:`, found `bool`
#! 56:9 ARC001 expected `:`, found `bool`
#! 57:9 ARC001 expected `:`, found `bool`
#! 58:9 ARC001 expected `:`, found `bool`
#! 59:9 ARC001 expected `:`, found `bool`
#! 60:9 ARC001 expected `:`, found `bool`
#! 61:9 ARC001 expected `:`, found `bool`
#! 62:9 ARC001 expected `:`, found `bool`
#! 63:9 ARC001 expected `:`, found `bool`
#! 64:9 ARC001 expected `:`, found `bool`
#! 65:9 ARC001 expected `:`, found `bool`
#! 66:9 ARC001 expected `:`, found `bool`
#! 67:9 ARC001 expected `:`, found `bool`
#! 68:9 ARC001 expected `:`, found `bool`
#! 69:9 ARC001 expected `:`, found `bool`
#! 70:9 ARC001 expected `:`, found `bool`
#! 71:9 ARC001 expected `:`, found `bool`
#! 72:9 ARC001 expected `:`, found `bool`
#! 73:9 ARC001 expected `:`, found `bool`
#! 74:9 ARC001 expected `:`, found `bool`
#! 75:9 ARC001 expected `:`, found `bool`
#! 76:9 ARC001 expected `:`, found `bool`
#! 77:9 ARC001 expected `:`, found `bool`
#! 78:9 ARC001 expected `:`, found `bool`
#! 79:9 ARC001 expected `:`, found `bool`
#! 80:9 ARC001 expected `:`, found `bool`
#! 81:9 ARC001 expected `:`, found `bool`
#! 82:9 ARC001 expected `:`, found `bool`
#! 83:9 ARC001 expected `:`, found `bool`
#! 84:9 ARC001 expected `:`, found `bool`
#! 85:9 ARC001 expected `:`, found `bool`
#! 86:9 ARC001 expected `:`, found `bool`
#! 87:9 ARC001 expected `:`, found `bool`
#! 88:9 ARC001 expected `:`, found `bool`
#! 89:9 ARC001 expected `:`, found `bool`
#! 90:9 ARC001 expected `:`, found `bool`
#! 91:9 ARC001 expected `:`, found `bool`
#! 92:9 ARC001 expected `:`, found `bool`
#! 93:9 ARC001 expected `:`, found `bool`
#! 94:9 ARC001 expected `:`, found `bool`
#! 95:9 ARC001 expected `:`, found `bool`
#! 96:9 ARC001 expected `:`, found `bool`
#! 97:9 ARC001 expected `:`, found `bool`
#! 98:9 ARC001 expected `:`, found `bool`
#! 99:9 ARC001 expected `:`, found `bool`
#! 100:9 ARC001 expected `:`, found `bool`
#! 101:9 ARC001 expected `:`, found `bool`
#! 102:10 ARC001 expected `:`, found `bool`
#! 103:10 ARC001 expected `:`, found `bool`
#! 104:10 ARC001 expected `:`, found `bool`
#! 105:10 ARC001 expected `:`, found `bool`
#! 106:10 ARC001 expected `:`, found `bool`
#! 107:10 ARC001 expected `:`, found `bool`
#! 108:10 ARC001 expected `:`, found `bool`
#! 109:10 ARC001 expected `:`, found `bool`
#! 110:10 ARC001 expected `:`, found `bool`
#! 111:10 ARC001 expected `:`, found `bool`
#! 112:10 ARC001 expected `:`, found `bool`
#! 113:10 ARC001 expected `:`, found `bool`
#! 114:10 ARC001 expected `:`, found `bool`
#! 115:10 ARC001 expected `:`, found `bool`
#! 116:10 ARC001 expected `:`, found `bool`
#! 117:10 ARC001 expected `:`, found `bool`
#! 118:10 ARC001 expected `:`, found `bool`
#! 119:10 ARC001 expected `:`, found `bool`
#! 120:10 ARC001 expected `:`, found `bool`
#! 121:10 ARC001 expected `:`, found `bool`
#! 122:10 ARC001 expected `:`, found `bool`
#! 123:10 ARC001 expected `:`, found `bool`
#! 124:10 ARC001 expected `:`, found `bool`
#! 125:10 ARC001 expected `:`, found `bool`
#! 126:10 ARC001 expected `:`, found `bool`
#! 127:10 ARC001 expected `:`, found `bool`
#! 128:10 ARC001 expected `:`, found `bool`
#! 129:10 ARC001 expected `:`, found `bool`
#! 130:10 ARC001 expected `:`, found `bool`
#! 131:10 ARC001 expected `:`, found `bool`
#! 132:10 ARC001 expected `:`, found `bool`
#! 133:10 ARC001 expected `:`, found `bool`
#! 134:10 ARC001 expected `:`, found `bool`
#! 135:10 ARC001 expected `:`, found `bool`
#! 136:10 ARC001 expected `:`, found `bool`
#! 137:10 ARC001 expected `:`, found `bool`
#! 138:10 ARC001 expected `:`, found `bool`
#! 139:10 ARC001 expected `:`, found `bool`
#! 140:10 ARC001 expected `:`, found `bool`
#! 141:10 ARC001 expected `:`, found `bool`
#! 142:10 ARC001 expected `:`, found `bool`
#! 143:10 ARC001 expected `:`, found `bool`
#! 144:10 ARC001 expected `:`, found `bool`
#! 145:10 ARC001 expected `:`, found `bool`
#! 146:10 ARC001 expected `:`, found `bool`
#! 147:10 ARC001 expected `:`, found `bool`
#! 148:10 ARC001 expected `:`, found `bool`
#! 149:10 ARC001 expected `:`, found `bool`
#! 150:10 ARC001 expected `:`, found `bool`
#! 151:10 ARC001 expected `:`, found `bool`
#! 152:10 ARC001 expected `:`, found `bool`
#! 153:10 ARC001 expected `:`, found `bool`
#! 154:10 ARC001 expected `:`, found `bool`
#! 155:10 ARC001 expected `:`, found `bool`
#! 156:10 ARC001 expected `:`, found `bool`
#! 157:10 ARC001 expected `:`, found `bool`
#! 158:10 ARC001 expected `:`, found `bool`
#! 159:10 ARC001 expected `:`, found `bool`
#! 160:10 ARC001 expected `:`, found `bool`
#! 161:10 ARC001 expected `:`, found `bool`
#! 162:10 ARC001 expected `:`, found `bool`
#! 163:10 ARC001 expected `:`, found `bool`
#! 164:10 ARC001 expected `:`, found `bool`
#! 165:10 ARC001 expected `:`, found `bool`
#! 166:10 ARC001 expected `:`, found `bool`
#! 167:10 ARC001 expected `:`, found `bool`
#! 168:10 ARC001 expected `:`, found `bool`
#! 169:10 ARC001 expected `:`, found `bool`
#! 170:10 ARC001 expected `:`, found `bool`
#! 171:10 ARC001 expected `:`, found `bool`
#! 172:10 ARC001 expected `:`, found `bool`
#! 173:10 ARC001 expected `:`, found `bool`
#! 174:10 ARC001 expected `:`, found `bool`
#! 175:10 ARC001 expected `:`, found `bool`
#! 176:10 ARC001 expected `:`, found `bool`
#! 177:10 ARC001 expected `:`, found `bool`
#! 178:10 ARC001 expected `:`, found `bool`
#! 179:10 ARC001 expected `:`, found `bool`
#! 180:10 ARC001 expected `:`, found `bool`
#! 181:10 ARC001 expected `:`, found `bool`
#! 182:10 ARC001 expected `:`, found `bool`
#! 183:10 ARC001 expected `:`, found `bool`
#! 184:10 ARC001 expected `:`, found `bool`
#! 185:10 ARC001 expected `:`, found `bool`
#! 186:10 ARC001 expected `:`, found `bool`
#! 187:10 ARC001 expected `:`, found `bool`
#! 188:10 ARC001 expected `:`, found `bool`
#! 189:10 ARC001 expected `:`, found `bool`
#! 190:10 ARC001 expected `:`, found `bool`
#! 191:10 ARC001 expected `:`, found `bool`
#! 192:10 ARC001 expected `:`, found `bool`
#! 193:10 ARC001 expected `:`, found `bool`
#! 194:10 ARC001 expected `:`, found `bool`
#! 195:10 ARC001 expected `:`, found `bool`
#! 196:10 ARC001 expected `:`, found `bool`
#! 197:10 ARC001 expected `:`, found `bool`
#! 198:10 ARC001 expected `:`, found `bool`
#! 199:10 ARC001 expected `:`, found `bool`
#! 200:10 ARC001 expected `:`, found `bool`
#! 201:10 ARC001 expected `:`, found `bool`
#! 202:10 ARC016 more than 200 errors: the others are left out
