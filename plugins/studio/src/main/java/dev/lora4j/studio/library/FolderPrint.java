package dev.lora4j.studio.library;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Digest of names, sizes and times of all that belongs to adapters in folders: another one means
 * that something has changed. No file is opened.
 *
 * @param files how many there are
 * @param sum of a digest of each, in whatever order they were met
 */
record FolderPrint(long files, long sum) {
  private static final Set<String> ENDINGS =
      Set.of("safetensors", "json", "info", "png", "jpg", "jpeg", "webp", "gif");
  private static final int DEEPEST = 16;

  /** Links from folder to folder can make many paths of few files. */
  private static final long MOST = 1_000_000;

  static FolderPrint of(List<Path> folders) {
    Walk walk = new Walk();
    for (Path folder : folders) {
      try {
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, walk);
      } catch (IOException e) {
        walk.add(folder, 0, 0); // it is not there
      }
    }
    return new FolderPrint(walk.files, walk.sum);
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private long files;
    private long sum;

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = String.valueOf(folder.getFileName());
      add(folder, 0, 0);
      // What happens within a run is for those who look at runs.
      return name.startsWith(".") || name.endsWith(".run")
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = String.valueOf(file.getFileName());
      String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      if (ENDINGS.contains(ending) && !name.startsWith(".")) {
        add(file, attributes.size(), attributes.lastModifiedTime().toMillis());
      }
      return files < MOST ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    void add(Path path, long size, long time) {
      files++;
      long mixed = path.toString().hashCode();
      for (long part : new long[] {size, time}) {
        mixed = (mixed ^ part) * 0x9E3779B97F4A7C15L;
        mixed ^= mixed >>> 32;
      }
      sum += mixed;
    }
  }
}
