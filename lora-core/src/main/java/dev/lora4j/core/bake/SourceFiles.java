package dev.lora4j.core.bake;

import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.safetensors.TensorStore;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files that a base consists of.
 *
 * @param opened what the base was opened by: a file, an index, or a folder
 * @param root the folder that they all lie in
 * @param single whether the base is one file, so that its output is one too
 */
record SourceFiles(Path opened, Path root, boolean single, List<Path> all, List<Path> leftOut) {
  /** Endings of files with weights. */
  private static final List<String> WEIGHTS =
      List.of(
          ".safetensors",
          ".safetensors.index.json",
          ".bin",
          ".bin.index.json",
          ".ckpt",
          ".pt",
          ".pth",
          ".msgpack",
          ".onnx",
          ".h5");

  /** Finds them. */
  static SourceFiles of(BaseCheckpoint base) {
    Path opened = base.path();
    Set<Path> used = new LinkedHashSet<>();
    for (TensorStore store : base.parts().values()) {
      used.add(store.path());
      store.tensors().keySet().forEach(name -> used.add(store.fileOf(name)));
    }
    if (!Files.isDirectory(opened)) {
      Path root = opened.toAbsolutePath().getParent();
      return new SourceFiles(
          opened,
          root == null ? Path.of("") : root,
          used.size() == 1,
          List.copyOf(used),
          List.of());
    }
    Set<Path> real = new TreeSet<>();
    Set<Path> folders = new TreeSet<>();
    used.forEach(file -> real.add(real(file)));
    base.parts().values().forEach(store -> folders.add(folder(store.path())));
    List<Path> all = new ArrayList<>();
    List<Path> leftOut = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(opened, FileVisitOption.FOLLOW_LINKS)) {
      walk.filter(Files::isRegularFile)
          .sorted()
          .forEach(
              file -> {
                boolean other = weights(file) && folders.contains(folder(file));
                (other && !real.contains(real(file)) ? leftOut : all).add(file);
              });
    } catch (IOException e) {
      throw new BakeException(opened + " cannot be read: " + e.getMessage(), e);
    }
    return new SourceFiles(opened, opened, false, List.copyOf(all), List.copyOf(leftOut));
  }

  private static boolean weights(Path file) {
    String name = String.valueOf(file.getFileName());
    return WEIGHTS.stream().anyMatch(name::endsWith);
  }

  private static Path folder(Path file) {
    return real(file.resolveSibling("."));
  }

  /** The path without links, which identifies a file under any of its names. */
  static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      throw new BakeException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Bytes of all files together. */
  long bytes() {
    return beside(Set.of());
  }

  /** Bytes of all files but these, which are named without links. */
  long beside(Set<Path> weights) {
    long sum = 0;
    try {
      for (Path file : all) {
        sum += weights.contains(real(file)) ? 0 : Files.size(file);
      }
    } catch (IOException e) {
      throw new BakeException(opened + " cannot be read: " + e.getMessage(), e);
    }
    return sum;
  }
}
