"""Small disks of a campaign: file systems in memory with a size of their own, which can be filled to the last byte."""

import errno
import os
import subprocess

LIMIT = 30  # seconds for one command
BALLAST = "ballast"  # a name that no program of ours takes for one of its own


class Disk:
    """A folder with a file system of its own, in this process's mount namespace."""

    def __init__(self, folder, size):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "lexmq", folder], check=True, timeout=LIMIT)

    def fill(self):
        """Takes all room there is: what is written from now on fails with ENOSPC."""
        room = os.statvfs(self.folder)
        size = room.f_bavail * room.f_frsize
        with open(os.path.join(self.folder, BALLAST), "ab") as file:
            # Others take of it meanwhile.
            while size >= room.f_frsize:
                try:
                    os.posix_fallocate(file.fileno(), 0, file.tell() + size)
                    file.seek(0, os.SEEK_END)
                    size = os.statvfs(self.folder).f_bavail * room.f_frsize
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size = min(size // 2, os.statvfs(self.folder).f_bavail * room.f_frsize)

    def free(self):
        path = os.path.join(self.folder, BALLAST)
        if os.path.exists(path):
            os.remove(path)
