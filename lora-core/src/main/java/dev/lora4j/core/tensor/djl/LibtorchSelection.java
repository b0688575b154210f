package dev.lora4j.core.tensor.djl;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Selection of the libtorch that this process loads, or the reason for none. It only reads; the
 * engine's own loader would take any library that it finds, or try to download something.
 */
final class LibtorchSelection {
  private static final String PATH = "PYTORCH_LIBRARY_PATH";
  private static final String FLAVOR = "PYTORCH_FLAVOR";
  private static final String VERSION = "PYTORCH_VERSION";
  private static final String ONE_COLUMN =
      "Take engine, binding and libtorch from one column of the table in docs/cuda.md.";

  private final LibtorchEnvironment at;
  private final SupportedLibtorch fitting;

  private LibtorchSelection(LibtorchEnvironment at) {
    this.at = at;
    this.fitting = fitting(at);
  }

  /**
   * The libtorch to load.
   *
   * @throws ObstacleException if there is none that fits
   */
  static LibtorchChoice choose(LibtorchEnvironment at) {
    LibtorchSelection selection = new LibtorchSelection(at);
    return at.setting().apply(PATH).isEmpty() ? selection.bundled() : selection.named();
  }

  /** The libtorch that engine and binding of the class path are made for. */
  private static SupportedLibtorch fitting(LibtorchEnvironment at) {
    if (at.binding().isEmpty()) {
      throw new ObstacleException(
          "pytorch-jni, the Java binding of libtorch, is not on the class path",
          "Add the dependency lora4j-natives, as docs/your-build.md says.");
    }
    String version = at.binding().replaceFirst("-.*", "");
    String engine = at.binding().replaceFirst("^[^-]*-", "");
    if (!engine.equals(at.engine())) {
      throw new ObstacleException(
          "pytorch-jni "
              + at.binding()
              + " is made for engine "
              + engine
              + ", and the class path has engine "
              + at.engine(),
          ONE_COLUMN);
    }
    return SupportedLibtorch.of(version)
        .filter(s -> s.engine().equals(engine))
        .orElseThrow(
            () ->
                new ObstacleException(
                    "libtorch " + version + " with engine " + engine + " is not supported",
                    "Supported are "
                        + Arrays.stream(SupportedLibtorch.values())
                            .map(s -> "libtorch " + s.version() + " with engine " + s.engine())
                            .collect(Collectors.joining(", and "))
                        + "."));
  }

  /** The one of the user's folder. */
  private LibtorchChoice named() {
    LibtorchFolder folder = LibtorchFolder.read(existing(at.setting().apply(PATH)));
    Path path = folder.path();
    String version =
        folder
            .version()
            .orElseThrow(
                () ->
                    new ObstacleException(
                        path + " does not say which version of libtorch it holds",
                        "Name the lib folder of a whole libtorch "
                            + fitting.version()
                            + ", which has a file build-version beside it."));
    if (!version.equals(fitting.version())) {
      throw new ObstacleException(
          path + " holds libtorch " + version + ", and this build fits " + fitting.version(),
          "Name a libtorch "
              + fitting.version()
              + SupportedLibtorch.of(version)
                  .map(s -> ", or take " + s.build() + ", which fits " + version)
                  .orElse("")
              + ".");
    }
    requireFlavor(folder);
    String declared = at.setting().apply(VERSION);
    if (!declared.isEmpty() && !declared.equals(version)) {
      throw new ObstacleException(
          VERSION + " is " + declared + ", and " + path + " holds libtorch " + version,
          "Set " + VERSION + " to " + version + ", or unset it.");
    }
    String unversioned = System.mapLibraryName("djl_torch");
    if (Files.exists(path.resolve(unversioned))) {
      throw new ObstacleException(
          path
              + " holds "
              + unversioned
              + ", a binding of unknown version, which would be loaded in place of pytorch-jni "
              + at.binding(),
          "Remove that file.");
    }
    LibtorchChoice choice = LibtorchChoice.of(fitting, folder);
    if (choice.cuda() && at.driver().get().isEmpty()) {
      throw new ObstacleException(CardCheck.noDriver());
    }
    return choice;
  }

  private void requireFlavor(LibtorchFolder folder) {
    String flavor = folder.flavorFor(fitting);
    List<String> bound = fitting.flavors().stream().filter(at.bound()).toList();
    if (!bound.contains(flavor)) {
      throw new ObstacleException(
          folder.path()
              + " is "
              + flavor
              + (folder.oldAbi() ? " (built for the C++ ABI of before 2011)" : "")
              + ", for which pytorch-jni "
              + at.binding()
              + " has no library on "
              + at.classifier(),
          "Name a libtorch " + fitting.version() + " that is " + String.join(" or ", bound) + ".");
    }
    String declared = at.setting().apply(FLAVOR);
    if (declared.isEmpty()) {
      throw new ObstacleException(
          PATH + " is set and " + FLAVOR + " is not",
          "Set " + FLAVOR + " to " + flavor + ", which " + folder.path() + " is.");
    }
    if (!declared.equals(flavor)) {
      throw new ObstacleException(
          FLAVOR + " is " + declared + ", and " + folder.path() + " is " + flavor,
          "Set "
              + FLAVOR
              + " to "
              + flavor
              + (bound.contains(declared) ? ", or name a libtorch that is " + declared : "")
              + ".");
    }
  }

  /** The first of the paths that has libtorch, as the engine's loader takes it. */
  private Path existing(String paths) {
    String library = System.mapLibraryName("torch");
    List<Path> named = Arrays.stream(paths.split(File.pathSeparator)).map(Path::of).toList();
    for (Path path : named) {
      if (Files.isRegularFile(path) && path.endsWith(library)) {
        return path.resolveSibling("").toAbsolutePath();
      }
      if (Files.isRegularFile(path.resolve(library))) {
        return path;
      }
    }
    String one = "the lib folder of a libtorch " + fitting.version();
    Path first = named.get(0);
    if (!Files.exists(first)) {
      throw new ObstacleException(
          PATH + " names " + first + ", which does not exist", "Name " + one + ", or unset it.");
    }
    Path below = first.resolve("lib");
    throw new ObstacleException(
        PATH + " names " + first + ", which has no " + library,
        Files.isRegularFile(below.resolve(library))
            ? "Name " + below + ", which has it."
            : "Name " + one + ", or unset it.");
  }

  /** The one of the class path: for cards if one can be used, else for the CPU. */
  private LibtorchChoice bundled() {
    List<BundledLibtorch> here =
        at.bundled().stream().filter(b -> b.classifier().equals(at.classifier())).toList();
    if (here.isEmpty()) {
      String others =
          at.bundled().stream().map(BundledLibtorch::classifier).collect(Collectors.joining(", "));
      throw new ObstacleException(
          "The class path has no libtorch for "
              + at.classifier()
              + (others.isEmpty() ? "" : ", only for " + others)
              + ", and nothing is downloaded",
          "Add the dependency lora4j-natives, as docs/your-build.md says, or set "
              + PATH
              + " and "
              + FLAVOR
              + ".");
    }
    List<BundledLibtorch> fit =
        here.stream().filter(b -> b.version().equals(fitting.version())).toList();
    if (fit.isEmpty()) {
      throw new ObstacleException(
          "The class path has libtorch "
              + here.get(0).version()
              + ", and pytorch-jni "
              + at.binding()
              + " is made for "
              + fitting.version(),
          ONE_COLUMN);
    }
    String declared = at.setting().apply(VERSION);
    if (!declared.isEmpty() && !declared.equals(fitting.version())) {
      throw new ObstacleException(
          VERSION + " is " + declared + ", and the class path has libtorch " + fitting.version(),
          "Unset " + VERSION + "; it belongs to " + PATH + ".");
    }
    return best(flavored(fit));
  }

  /** Candidates of the user's flavor; all of them if it is not set. */
  private List<BundledLibtorch> flavored(List<BundledLibtorch> fit) {
    String declared = at.setting().apply(FLAVOR);
    if (declared.isEmpty()) {
      return fit;
    }
    List<BundledLibtorch> named = fit.stream().filter(b -> b.flavor().equals(declared)).toList();
    if (named.isEmpty()) {
      throw new ObstacleException(
          FLAVOR
              + " is "
              + declared
              + ", and the class path has "
              + fit.stream().map(BundledLibtorch::flavor).collect(Collectors.joining(", ")),
          "Unset " + FLAVOR + "; it belongs to " + PATH + ".");
    }
    return named;
  }

  private LibtorchChoice best(List<BundledLibtorch> fit) {
    Optional<LibtorchChoice> cuda = first(fit, true);
    Optional<LibtorchChoice> cpu = first(fit, false);
    if (cuda.isEmpty()) {
      return cpu.orElseThrow();
    }
    Optional<NvidiaDriver> driver = at.driver().get();
    boolean usable = CardCheck.firstUsable(cuda.get(), driver).isPresent();
    if (usable || (cpu.isEmpty() && driver.isPresent())) {
      return cuda.get();
    }
    return cpu.map(c -> c.insteadOf(cuda.get()))
        .orElseThrow(() -> new ObstacleException(CardCheck.noDriver()));
  }

  private Optional<LibtorchChoice> first(List<BundledLibtorch> fit, boolean cuda) {
    return fit.stream()
        .filter(b -> b.cuda() == cuda)
        .findFirst()
        .map(b -> LibtorchChoice.of(fitting, b));
  }
}
