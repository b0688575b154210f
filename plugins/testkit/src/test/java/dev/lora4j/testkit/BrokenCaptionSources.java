package dev.lora4j.testkit;

import dev.lora4j.diffusion.dataset.CaptionSource;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Extension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Sources of captions that break their contract, each in one way, and one that keeps it. All read a
 * file with the whole name of the picture and one ending more.
 */
final class BrokenCaptionSources {
  static final String ENDING = ".says";

  private BrokenCaptionSources() {}

  private static Path beside(Path picture) {
    return Path.of(picture + ENDING);
  }

  private static Optional<CaptionSource.Caption> caption(
      Path file, Consumer<DataProblem> problems) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new CaptionSource.Caption(Files.readString(file), true, file));
    } catch (IOException e) {
      problems.accept(DataProblem.error(file, "is no text (" + e + ")."));
      return Optional.of(new CaptionSource.Caption("", true, file));
    }
  }

  /** Keeps it. */
  @Extension(point = CaptionSource.class, name = "test-says", help = "a file beside each picture")
  public record Says() implements CaptionSource {
    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      return picture -> caption(beside(picture), problems);
    }
  }

  /** Has a caption without a word for every picture. */
  @Extension(point = CaptionSource.class, name = "test-wordless", help = "always has a caption")
  public record Wordless() implements CaptionSource {
    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      return picture ->
          caption(beside(picture), problems).or(() -> Optional.of(new Caption("", true, picture)));
    }
  }

  /** Knows no dot in a name but the last. */
  @Extension(point = CaptionSource.class, name = "test-dotless", help = "names with one dot")
  public record Dotless() implements CaptionSource {
    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      return picture -> {
        String name = String.valueOf(picture.getFileName());
        return name.indexOf('.') < name.lastIndexOf('.')
            ? Optional.empty()
            : caption(beside(picture), problems);
      };
    }
  }

  /** Takes any bytes to be text. */
  @Extension(point = CaptionSource.class, name = "test-lenient", help = "reads what it can")
  public record Lenient() implements CaptionSource {
    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      return picture -> {
        Path file = beside(picture);
        try {
          return Files.exists(file)
              ? Optional.of(
                  new Caption(
                      new String(Files.readAllBytes(file), StandardCharsets.UTF_8), true, file))
              : Optional.empty();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      };
    }
  }

  /** Complains about what is in order. */
  @Extension(point = CaptionSource.class, name = "test-pedant", help = "wants short names")
  public record Pedant() implements CaptionSource {
    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      return picture -> {
        problems.accept(DataProblem.error(picture, "could have a shorter name."));
        return caption(beside(picture), problems);
      };
    }
  }

  /** Remembers captions by the names of pictures, whatever folder they are in. */
  @Extension(point = CaptionSource.class, name = "test-remembers", help = "reads everything once")
  public static final class Remembering implements CaptionSource {
    private final Map<String, Optional<Caption>> known = new ConcurrentHashMap<>();

    /** For the host. */
    public Remembering() {}

    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      return picture ->
          known.computeIfAbsent(
              String.valueOf(picture.getFileName()), name -> caption(beside(picture), problems));
    }
  }

  /** Says something else each time. */
  @Extension(point = CaptionSource.class, name = "test-restless", help = "counts")
  public static final class Restless implements CaptionSource {
    private int asked;

    /** For the host. */
    public Restless() {}

    @Override
    public synchronized Captions in(DataSource folder, Consumer<DataProblem> problems) {
      boolean first = asked++ == 0;
      return picture ->
          caption(beside(picture), problems)
              .map(c -> first ? c : new Caption(c.text(), c.written(), picture));
    }
  }

  /** Leaves a file behind. */
  @Extension(point = CaptionSource.class, name = "test-messy", help = "keeps a cache")
  public record Messy() implements CaptionSource {
    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      try {
        Files.writeString(folder.folder().resolve("cache.db"), "found");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return picture -> caption(beside(picture), problems);
    }
  }
}
