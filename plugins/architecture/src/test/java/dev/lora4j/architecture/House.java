package dev.lora4j.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where our modules lie, whatever folder the tests were started from. */
final class House {
  static final Path ROOT = root();
  static final List<Path> MODULES = modules();
  static final JavaClasses CLASSES =
      new ClassFileImporter().importPaths(existing("target/classes").toArray(Path[]::new));

  private House() {}

  /** This folder of each module that has it. */
  static List<Path> existing(String folder) {
    return MODULES.stream().map(m -> m.resolve(folder)).filter(Files::isDirectory).toList();
  }

  /** All Java files below this folder of every module. */
  static List<Path> sources(String folder) {
    return existing(folder).stream().flatMap(f -> sources(f).stream()).toList();
  }

  /** All Java files below a folder. */
  static List<Path> sources(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (root != null && !Files.isDirectory(root.resolve("lora-core"))) {
      root = root.getParent();
    }
    if (root == null) {
      throw new IllegalStateException(
          "no folder above " + Path.of("").toAbsolutePath() + " has lora-core");
    }
    return root;
  }

  private static List<Path> modules() {
    try (Stream<Path> libraries = Files.list(ROOT);
        Stream<Path> plugins = Files.list(ROOT.resolve("plugins"))) {
      return Stream.concat(libraries, plugins).filter(House::ours).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The example is a project of somebody else, as which it is built and checked. */
  private static boolean ours(Path module) {
    Path pom = module.resolve("pom.xml");
    try {
      return Files.exists(pom) && Files.readString(pom).contains("lora4j-parent");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
