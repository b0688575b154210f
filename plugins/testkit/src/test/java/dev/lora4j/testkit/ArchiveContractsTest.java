package dev.lora4j.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Archives that break their contract in one way: the test of that promise fails. */
class ArchiveContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class WebDataset extends PictureArchiveContract {
    WebDataset() {
      super("webdataset");
    }

    @Override
    protected Path archive(Path folder) throws IOException {
      Path file = folder.resolve("00000.tar");
      try (OutputStream out = Files.newOutputStream(file);
          TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
        for (String name : new String[] {"a.png", "a.txt", "b.jpg", "b.json", "b.cls"}) {
          String text = "{\"caption\": \"" + name + "\"}";
          byte[] content = text.getBytes(StandardCharsets.UTF_8);
          TarArchiveEntry entry = new TarArchiveEntry(name);
          entry.setSize(content.length);
          tar.putArchiveEntry(entry);
          tar.write(content);
          tar.closeArchiveEntry();
        }
      }
      return file;
    }
  }

  private abstract static class OfLines extends PictureArchiveContract {
    OfLines(String request) {
      super(request);
    }

    @Override
    protected Path archive(Path folder) throws IOException {
      return BrokenArchives.written(folder);
    }
  }

  static final class Good extends OfLines {
    Good() {
      super("test-lines");
    }
  }

  static final class Dotless extends OfLines {
    Dotless() {
      super("test-dotless-archive");
    }
  }

  static final class Silent extends OfLines {
    Silent() {
      super("test-silent-archive");
    }
  }

  static final class Lenient extends OfLines {
    Lenient() {
      super("test-lenient-archive");
    }
  }

  static final class Restless extends OfLines {
    Restless() {
      super("test-restless-archive");
    }
  }

  static final class Hiding extends OfLines {
    Hiding() {
      super("test-hiding-archive");
    }
  }

  static final class Messy extends OfLines {
    Messy() {
      super("test-messy-archive");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(WebDataset.class, Set.of()),
        Map.entry(Good.class, Set.of()),
        Map.entry(Dotless.class, Set.of("endingsAreThoseOfTheFile")),
        Map.entry(Silent.class, Set.of("picturesHaveTheirCaptions")),
        Map.entry(Lenient.class, Set.of("fileThatIsCutOffIsAnIoException")),
        Map.entry(Restless.class, Set.of("theSameFileHasTheSameMembers")),
        Map.entry(Hiding.class, Set.of("whatTheTakerThrowsComesThrough")),
        Map.entry(Messy.class, Set.of("folderStaysUnchanged")));
  }
}
