package dev.lora4j.testkit;

import com.google.gson.JsonObject;
import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sources of captions that break their contract in one way: the test of that promise fails. */
class CaptionContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Text extends CaptionSourceContract {
    Text() {
      super("text");
    }

    @Override
    protected Optional<Path> caption(Path picture, String text) throws IOException {
      String name = picture.getFileName().toString();
      String stem = name.substring(0, name.lastIndexOf('.'));
      return Optional.of(Files.writeString(picture.resolveSibling(stem + ".txt"), text));
    }
  }

  static final class Listed extends CaptionSourceContract {
    Listed() {
      super("list");
    }

    @Override
    protected Optional<Path> caption(Path picture, String text) throws IOException {
      Path list = picture.resolveSibling(CaptionList.NAME);
      JsonObject line = new JsonObject();
      line.addProperty("file_name", picture.getFileName().toString());
      line.addProperty("text", text);
      return Optional.of(
          Files.writeString(
              list, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }
  }

  private abstract static class OfItsOwn extends CaptionSourceContract {
    OfItsOwn(String request) {
      super(request);
    }

    @Override
    protected Optional<Path> caption(Path picture, String text) {
      return Optional.empty();
    }
  }

  static final class FileName extends OfItsOwn {
    FileName() {
      super("file_name");
    }
  }

  static final class Tokens extends OfItsOwn {
    Tokens() {
      super("class_tokens");
    }

    @Override
    protected DataSource source(Path folder) {
      return DataSource.of(folder).at(folder, 1, "sks fox");
    }
  }

  private abstract static class Beside extends CaptionSourceContract {
    Beside(String request) {
      super(request);
    }

    @Override
    protected Optional<Path> caption(Path picture, String text) throws IOException {
      Path file = Path.of(picture + BrokenCaptionSources.ENDING);
      return Optional.of(Files.writeString(file, text));
    }
  }

  static final class Good extends Beside {
    Good() {
      super("test-says");
    }
  }

  static final class Wordless extends Beside {
    Wordless() {
      super("test-wordless");
    }
  }

  static final class Dotless extends Beside {
    Dotless() {
      super("test-dotless");
    }
  }

  static final class Lenient extends Beside {
    Lenient() {
      super("test-lenient");
    }
  }

  static final class Pedant extends Beside {
    Pedant() {
      super("test-pedant");
    }
  }

  static final class Remembering extends Beside {
    Remembering() {
      super("test-remembers");
    }
  }

  static final class Restless extends Beside {
    Restless() {
      super("test-restless");
    }
  }

  static final class Messy extends Beside {
    Messy() {
      super("test-messy");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Text.class, Set.of()),
        Map.entry(Listed.class, Set.of()),
        Map.entry(FileName.class, Set.of()),
        Map.entry(Tokens.class, Set.of()),
        Map.entry(Good.class, Set.of()),
        Map.entry(Wordless.class, Set.of("pictureWithoutCaptionHasNone")),
        Map.entry(Dotless.class, Set.of("everyPictureGetsItsCaption")),
        Map.entry(Lenient.class, Set.of("undecodableTextIsAnErrorNamingItsFile")),
        Map.entry(Pedant.class, Set.of("correctFolderHasNoErrors")),
        Map.entry(Remembering.class, Set.of("foldersAreIndependent")),
        Map.entry(Restless.class, Set.of("theSameFolderHasTheSameCaptions")),
        Map.entry(Messy.class, Set.of("folderStaysUnchanged")));
  }
}
