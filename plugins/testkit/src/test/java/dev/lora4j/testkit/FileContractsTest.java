package dev.lora4j.testkit;

import dev.lora4j.core.adapter.lora.LoraMethod;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Dialects and layouts that break a contract in one way: the test of that promise fails. */
class FileContractsTest implements BrokenPromises {
  // Not named as tests are, so that a build does not run them by themselves.
  static final class Bare extends AdapterFormatContract {
    Bare() {
      super("bare");
    }

    @Override
    protected String key(String site, String role) {
      return site + "." + role;
    }
  }

  static final class Diffusers extends AdapterFormatContract {
    Diffusers() {
      super("diffusers");
    }

    @Override
    protected String key(String site, String role) {
      return site + (role.equals(LoraMethod.DOWN) ? ".lora_A.weight" : ".lora_B.weight");
    }
  }

  static final class Kohya extends AdapterFormatContract {
    Kohya() {
      super("kohya");
    }

    @Override
    protected String key(String site, String role) {
      String layer = site.replace("text_encoder.", "te.").replace('.', '_');
      return "lora_" + layer + "." + role;
    }
  }

  private abstract static class Colon extends AdapterFormatContract {
    private final String name;

    Colon(String name) {
      super(name);
      this.name = name;
    }

    @Override
    protected String key(String site, String role) {
      return BrokenFormats.key(name, site, role);
    }
  }

  static final class GoodFormat extends Colon {
    GoodFormat() {
      super("test-colons");
    }
  }

  static final class OfDenoisers extends Colon {
    OfDenoisers() {
      super("test-unet-colons");
    }

    @Override
    protected List<String> spelled() {
      return super.spelled().stream().filter(site -> site.startsWith("unet.")).toList();
    }
  }

  static final class Deaf extends Colon {
    Deaf() {
      super("test-deaf-keys");
    }
  }

  static final class Apart extends Colon {
    Apart() {
      super("test-apart");
    }
  }

  static final class Guessing extends Colon {
    Guessing() {
      super("test-guessing");
    }
  }

  static final class Trusting extends Colon {
    Trusting() {
      super("test-trusting");
    }
  }

  static final class Tired extends Colon {
    Tired() {
      super("test-tired-keys");
    }
  }

  static final class KohyaLayout extends AdapterWriterContract {
    KohyaLayout() {
      super("kohya");
    }
  }

  static final class DiffusersLayout extends AdapterWriterContract {
    DiffusersLayout() {
      super("diffusers");
    }
  }

  static final class PeftLayout extends AdapterWriterContract {
    PeftLayout() {
      super("peft");
    }
  }

  static final class GoodWriter extends AdapterWriterContract {
    GoodWriter() {
      super("test-plain");
    }
  }

  static final class Scaleless extends AdapterWriterContract {
    Scaleless() {
      super("test-scaleless");
    }
  }

  static final class Talkative extends AdapterWriterContract {
    Talkative() {
      super("test-talkative");
    }
  }

  static final class Numbering extends AdapterWriterContract {
    Numbering() {
      super("test-numbering");
    }
  }

  static final class Careless extends AdapterWriterContract {
    Careless() {
      super("test-careless");
    }
  }

  @Override
  public Map<Class<?>, Set<String>> contracts() {
    return Map.<Class<?>, Set<String>>ofEntries(
        Map.entry(Bare.class, Set.of()),
        Map.entry(Diffusers.class, Set.of()),
        Map.entry(Kohya.class, Set.of()),
        Map.entry(GoodFormat.class, Set.of()),
        Map.entry(OfDenoisers.class, Set.of()),
        Map.entry(Deaf.class, Set.of("spelledKeysAreFound")),
        Map.entry(Apart.class, Set.of("bothFactorsAreOfOneLayer")),
        Map.entry(Guessing.class, Set.of("layerMissingInTheBaseIsNotFound")),
        Map.entry(Trusting.class, Set.of("everyKeyGetsAnAnswer")),
        Map.entry(Tired.class, Set.of("theSameKeyIsTheSameLayer")),
        Map.entry(KohyaLayout.class, Set.of()),
        Map.entry(DiffusersLayout.class, Set.of()),
        Map.entry(PeftLayout.class, Set.of()),
        Map.entry(GoodWriter.class, Set.of()),
        Map.entry(
            Scaleless.class,
            Set.of("writtenAdapterReadsBackTheSame", "anyAdapterIsWrittenOrRefusedByName")),
        Map.entry(Talkative.class, Set.of("everyKeyThatIsWrittenIsUsed")),
        Map.entry(Numbering.class, Set.of("theSameAdapterGivesTheSameFiles")),
        Map.entry(Careless.class, Set.of("anyAdapterIsWrittenOrRefusedByName")));
  }
}
