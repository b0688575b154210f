// The files of a drop, with those of dropped folders.
export async function filesOf(dataTransfer) {
  // Entries must be taken at once: after the first pause the browser forgets them.
  const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) {
    return [...dataTransfer.files];
  }
  return (await Promise.all(entries.map(filesUnder))).flat();
}

async function filesUnder(entry) {
  if (entry.isFile) {
    return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  }
  const reader = entry.createReader();
  const files = [];
  for (;;) {
    // A reader gives a part of the folder each time, and nothing at its end.
    const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) {
      return files;
    }
    files.push(...(await Promise.all(part.map(filesUnder))).flat());
  }
}
