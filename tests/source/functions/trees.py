"""The files of real kernels that the tests of state functions read."""

from __future__ import annotations

from pathlib import Path

from tests.kernel import kernel_tree

STATE_FUNCTIONS = (
    "drivers/block/drbd/drbd_int.h",
    "drivers/block/drbd/drbd_state.c",
    "drivers/infiniband/hw/qedr/qedr.h",
    "drivers/infiniband/hw/qedr/verbs.c",
    "drivers/infiniband/ulp/rtrs/rtrs-clt.c",
    "drivers/infiniband/ulp/rtrs/rtrs-clt.h",
    "drivers/infiniband/ulp/srpt/ib_srpt.c",
    "drivers/infiniband/ulp/srpt/ib_srpt.h",
    "drivers/net/ethernet/qlogic/qed/qed_iwarp.c",
    "drivers/net/ethernet/qlogic/qed/qed_iwarp.h",
    "drivers/net/ethernet/qlogic/qed/qed_rdma.h",
    "drivers/net/wireless/mediatek/mt76/mac80211.c",
    "drivers/net/wireless/mediatek/mt76/mt76.h",
    "drivers/nvme/host/core.c",
    "drivers/nvme/host/nvme.h",
    "drivers/scsi/hosts.c",
    "drivers/scsi/ibmvscsi/ibmvfc.c",
    "drivers/scsi/ibmvscsi/ibmvfc.h",
    "drivers/scsi/scsi_lib.c",
    "drivers/scsi/scsi_transport_srp.c",
    "include/linux/drbd.h",
    "include/linux/ieee80211.h",
    "include/linux/qed/qed_rdma_if.h",
    "include/net/mac80211.h",
    "include/scsi/scsi_device.h",
    "include/scsi/scsi_host.h",
    "include/scsi/scsi_transport_srp.h",
    "net/mac80211/sta_info.c",
    "net/mac80211/sta_info.h",
    "net/tipc/link.c",
    "net/tipc/link.h",
)

_VFIO = (
    "drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.c",
    "drivers/vfio/pci/hisilicon/hisi_acc_vfio_pci.h",
    "drivers/vfio/pci/mlx5/cmd.c",
    "drivers/vfio/pci/mlx5/cmd.h",
    "drivers/vfio/pci/mlx5/main.c",
    "drivers/vfio/pci/vfio_pci_core.c",
    "drivers/vfio/vfio.h",
    "drivers/vfio/vfio_main.c",
    "include/linux/vfio.h",
    "include/linux/vfio_pci_core.h",
    "include/uapi/linux/vfio.h",
)

VFIO = {
    "6.1": _VFIO,
    "6.12": (
        *_VFIO,
        "drivers/vfio/pci/pds/lm.c",
        "drivers/vfio/pci/pds/lm.h",
        "drivers/vfio/pci/pds/pci_drv.c",
        "drivers/vfio/pci/pds/vfio_dev.c",
        "drivers/vfio/pci/pds/vfio_dev.h",
        "drivers/vfio/pci/qat/main.c",
        "drivers/vfio/pci/virtio/main.c",
        "samples/vfio-mdev/mtty.c",
    ),
}


def state_functions() -> Path:
    """A folder with the files of 6.12 that have state functions; the test is skipped, loudly, without them."""
    return kernel_tree("6.12", STATE_FUNCTIONS)


def vfio(version: str) -> Path:
    """A folder with the VFIO drivers of a version."""
    return kernel_tree(version, VFIO[version])
