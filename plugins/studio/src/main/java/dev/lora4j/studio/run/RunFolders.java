package dev.lora4j.studio.run;

import dev.lora4j.server.library.LibraryFolders;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;

/** The folders of trainings beside the adapters of a studio. */
final class RunFolders {
  private static final int DEEPEST = 6;

  private RunFolders() {}

  /** All of them by name; of two of one name, that of the earlier folder of adapters counts. */
  static Map<String, RunFolder> of(Workspace workspace) throws IOException {
    Map<String, RunFolder> found = new TreeMap<>();
    for (Path root : workspace.adapters()) {
      if (Files.isDirectory(root)) {
        Files.walkFileTree(
            root, EnumSet.noneOf(FileVisitOption.class), DEEPEST, new Visitor(root, found));
      }
    }
    return found;
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private final Path root;
    private final Map<String, RunFolder> found;

    Visitor(Path root, Map<String, RunFolder> found) {
      this.root = root;
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      String path =
          root.relativize(folder).toString().replace(folder.getFileSystem().getSeparator(), "/");
      boolean hidden = folder.getFileName().toString().startsWith(".");
      if (hidden || path.equals(LibraryFolders.TENANTS)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      if (!path.endsWith(RunFiles.ENDING)) {
        return FileVisitResult.CONTINUE;
      }
      String id = path.substring(0, path.length() - RunFiles.ENDING.length());
      found.putIfAbsent(id, new RunFolder(id, folder));
      return FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // it has just gone, or nobody may look into it
    }
  }
}
