package dev.lora4j.diffusion.dataset.archive;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A folder that the members of shards are written into, shard after shard. */
final class UnpackingFolder implements PictureArchive.Members {
  /** Ending of the files with captions, whatever they were in the archive. */
  static final String CAPTIONS = ".txt";

  /** Bytes between two looks at the disk. */
  private static final long LOOK = 64L << 20;

  /**
   * A key of the shard that was met.
   *
   * @param key as it is written
   * @param stem of its files
   */
  private record Named(String key, String stem) {}

  private final Path folder;
  private final DiskSpace disk;
  private final UnpackListener listener;
  private final Map<String, Named> keys = new HashMap<>();
  private final Set<String> pictured = new HashSet<>();
  private final Set<String> stems = new HashSet<>();
  private final Map<String, Long> unused = new TreeMap<>();
  private final Set<String> notes = new LinkedHashSet<>();
  private final byte[] chunk = new byte[1 << 16];
  private String shard = "";
  private long pictures;
  private long renamed;
  private long bytes;
  private long looked;

  UnpackingFolder(Path folder, DiskSpace disk, UnpackListener listener) {
    this.folder = folder;
    this.disk = disk;
    this.listener = listener;
  }

  /** Begins with the next shard, whose keys are its own. */
  void shard(String name) {
    shard = name;
    keys.clear();
    pictured.clear();
  }

  @Override
  public void picture(String key, String ending, InputStream content) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("it was interrupted");
    }
    String stem = stem(key);
    if (!PictureFile.ENDINGS.contains(ending)) {
      throw new ArchiveException(
          "has the picture '" + key + "' of the unread kind ." + ending + ".");
    }
    if (!pictured.add(stem)) {
      throw new ArchiveException(
          "has a second picture of the key '" + key + "', ." + ending + "; remove one.");
    }
    try (OutputStream out = new FileOutputStream(folder.resolve(stem + "." + ending).toFile())) {
      long count = 0;
      int read = content.read(chunk);
      while (read >= 0) {
        count += read;
        if (count > PictureFile.MOST_BYTES) {
          throw new ArchiveException(
              "has the picture '" + key + "' of more than " + PictureFile.MOST_BYTES + " bytes.");
        }
        wrote(read);
        out.write(chunk, 0, read);
        read = content.read(chunk);
      }
    }
    listener.progress(++pictures, bytes);
  }

  private void wrote(int more) throws IOException {
    bytes += more;
    if (bytes - looked > LOOK) {
      looked = bytes;
      disk.require(folder, LOOK);
    }
  }

  @Override
  public void caption(String key, String text) throws IOException {
    byte[] written = text.getBytes(StandardCharsets.UTF_8);
    wrote(written.length);
    Files.write(folder.resolve(stem(key) + CAPTIONS), written);
  }

  @Override
  public void unused(String kind) {
    unused.merge(kind, 1L, Long::sum);
  }

  @Override
  public void note(String sentence) {
    notes.add(sentence);
  }

  private String stem(String key) throws ArchiveException {
    Named met = keys.get(lower(key));
    if (met != null && !met.key().equals(key)) {
      throw new ArchiveException(
          "has the keys '"
              + met.key()
              + "' and '"
              + key
              + "', which differ in upper and lower case alone; rename one.");
    }
    if (met != null) {
      return met.stem();
    }
    boolean first = true;
    for (String stem : FileStem.of(key, shard)) {
      if (stems.add(lower(stem))) {
        keys.put(lower(key), new Named(key, stem));
        renamed += first ? 0 : 1;
        return stem;
      }
      first = false;
    }
    throw new ArchiveException(
        "has the key '" + key + "', whose name for a file another key has; rename one.");
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Account of all shards. */
  UnpackAccount account() throws IOException {
    if (renamed > 0) {
      notes.add(
          "has "
              + renamed
              + (renamed == 1 ? " key" : " keys")
              + " that came before in another folder or shard; the name of that one's own stands"
              + " before it in the names of files.");
    }
    if (!unused.isEmpty()) {
      long all = unused.values().stream().mapToLong(n -> n).sum();
      notes.add(
          "has "
              + all
              + (all == 1 ? " member that is not used: " : " members that are not used: ")
              + String.join(", ", unused.entrySet().stream().map(UnpackingFolder::counted).toList())
              + ".");
    }
    return UnpackAccount.of(folder, pictures, notes);
  }

  private static String counted(Map.Entry<String, Long> one) {
    return one.getValue() + " of " + one.getKey();
  }
}
