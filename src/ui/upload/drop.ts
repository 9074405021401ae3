/** The files of a drop or a file chooser, folders opened all the way down. */

export interface Dropped {
  file: File;
  /** With its folders. */
  path: string;
}

export interface Drop {
  files: Dropped[];
  /** Paths of files and folders that the browser was not allowed to read. */
  unread: string[];
}

const byPath = (a: Dropped, b: Dropped) => a.path.localeCompare(b.path);

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A directory's reader gives its entries in batches; the last one is empty. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walk(entry: FileSystemEntry, into: Drop): Promise<void> {
  const path = entry.fullPath.replace(/^\//, "");
  try {
    if (entry.isFile) into.files.push({ file: await fileOf(entry as FileSystemFileEntry), path });
    else for (const child of await entriesOf(entry as FileSystemDirectoryEntry)) await walk(child, into);
  } catch {
    into.unread.push(path);
  }
}

/** Must be called before the drop's handler returns: the browser empties the list after it. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Drop> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Drop = { files: entries.length === 0 ? filesOfList(transfer.files) : [], unread: [] };
  for (const entry of entries) await walk(entry, found);
  found.files.sort(byPath);
  return found;
}

/** A file chooser gives a folder's files in the order that the disk has them in. */
export function filesOfList(list: FileList | null): Dropped[] {
  return [...(list ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name })).sort(byPath);
}
