package dev.lora4j.core.tensor.djl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder with a libtorch, described by its files. Nothing is loaded: the loader does not refuse a
 * libtorch of another version; that one ends the process or computes nonsense.
 *
 * @param path the folder with the libraries
 * @param version its version, if it is known
 * @param flavor target of the build: {@code cpu}, {@code cu128}, {@code cu124-precxx11}; a CUDA
 *     that is not noted is just {@code cu}
 */
record LibtorchFolder(Path path, Optional<String> version, String flavor) {
  private static final Pattern NOTE = Pattern.compile("(\\d+\\.\\d+\\.\\d+)[^+]*(?:\\+(\\w+))?.*");
  private static final Pattern PYTHON = Pattern.compile("__version__ *= *['\"]([^'\"]+)['\"]");
  private static final Pattern CACHE =
      Pattern.compile("(\\d+\\.\\d+\\.\\d+)(?:-\\d+)?-(cpu|cu\\d+)(?:-precxx11)?-.*");

  /** A function that takes a string, as the linker names it for the old and the new ABI. */
  private static final String OLD_ABI = "_ZN3c105ErrorC1ENS_14SourceLocationESs";

  private static final String PRECXX11 = "-precxx11";

  /** A version, and the CUDA it names or an empty text. */
  private record Note(String version, String flavor) {}

  /** Reads the properties of a folder with libtorch. */
  static LibtorchFolder read(Path path) {
    Optional<Note> note = note(path);
    boolean cuda = Files.exists(path.resolve(System.mapLibraryName("c10_cuda")));
    String flavor = "cpu";
    if (cuda) {
      flavor = note.map(Note::flavor).filter(f -> f.startsWith("cu")).orElse("cu");
    }
    String abi = oldAbi(path) ? PRECXX11 : "";
    return new LibtorchFolder(
        path, note.map(Note::version).or(() -> insideLibrary(path)), flavor + abi);
  }

  /** Returns true if it can compute on a card. */
  boolean cuda() {
    return flavor.startsWith("cu");
  }

  /** Returns true if it was built for the C++ ABI of before 2011. */
  boolean oldAbi() {
    return flavor.endsWith(PRECXX11);
  }

  /** Value for {@code PYTORCH_FLAVOR}, with the CUDA of {@code libtorch}. */
  String flavorFor(SupportedLibtorch libtorch) {
    return flavor.matches("cu(-precxx11)?")
        ? libtorch.flavors().stream()
            .filter(f -> f.startsWith("cu") && f.endsWith(PRECXX11) == oldAbi())
            .findFirst()
            .orElse(flavor)
        : flavor;
  }

  /**
   * Version and flavor by an archive of libtorch, a Python package, or the name of an unpacked jar.
   */
  private static Optional<Note> note(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    for (Path place :
        List.of(absolute.resolve("build-version"), absolute.resolveSibling("build-version"))) {
      Optional<Note> note = text(place).flatMap(t -> noteIn(t.strip()));
      if (note.isPresent()) {
        return note;
      }
    }
    Optional<Note> python =
        text(absolute.resolveSibling("version.py"))
            .map(PYTHON::matcher)
            .filter(Matcher::find)
            .flatMap(m -> noteIn(m.group(1)));
    if (python.isPresent()) {
      return python;
    }
    Matcher cache = CACHE.matcher(String.valueOf(absolute.getFileName()));
    return cache.matches()
        ? Optional.of(new Note(cache.group(1), cache.group(2)))
        : Optional.empty();
  }

  private static Optional<Note> noteIn(String text) {
    Matcher m = NOTE.matcher(text);
    return m.matches()
        ? Optional.of(new Note(m.group(1), m.group(2) == null ? "" : m.group(2)))
        : Optional.empty();
  }

  private static Optional<String> text(Path file) {
    try {
      return Files.isReadable(file)
          ? Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** A library has its version in it, as a C string. */
  private static Optional<String> insideLibrary(Path path) {
    Path library = path.resolve(System.mapLibraryName("torch_cpu"));
    for (SupportedLibtorch supported : SupportedLibtorch.values()) {
      if (FileSearch.contains(library, "\0" + supported.version() + "\0")) {
        return Optional.of(supported.version());
      }
    }
    return Optional.empty();
  }

  private static boolean oldAbi(Path path) {
    return FileSearch.contains(path.resolve(System.mapLibraryName("c10")), OLD_ABI);
  }
}
