package dev.lora4j.testkit;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.spi.Extension;
import dev.lora4j.testkit.AlteredWriter.Fault;
import dev.lora4j.text.bert.BertFamily;
import dev.lora4j.text.gpt2.Gpt2Family;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;
import java.util.Optional;

/** Families of language models that break their contract, each in one way. */
final class BrokenTextFamilies {
  private BrokenTextFamilies() {}

  /** A sound family under another name, or with a network that has a fault. */
  private abstract static class Altered implements TextFamily {
    private final TextFamily sound;
    private final String name;
    private final Optional<Fault> fault;

    Altered(TextFamily sound, String name) {
      this.sound = sound;
      this.name = name;
      fault = Optional.empty();
    }

    Altered(String name, Fault fault) {
      this.sound = new Gpt2Family();
      this.name = name;
      this.fault = Optional.of(fault);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean recognises(ConfigFile config) {
      return config.text("model_type", "").equals(name);
    }

    @Override
    public LanguageNetwork network(ConfigFile config) {
      LanguageNetwork network = sound.network(config);
      return fault
          .<LanguageNetwork>map(f -> new AlteredWriter((CausalNetwork) network, f))
          .orElse(network);
    }

    @Override
    public LanguageNetwork classifier(ConfigFile config, int labels) {
      return sound.classifier(config, labels);
    }

    @Override
    public List<Placement> places(Parameter parameter) {
      return sound.places(parameter);
    }

    @Override
    public boolean ignores(String tensor) {
      return sound.ignores(tensor);
    }
  }

  /** Claims others' configurations. */
  @Extension(
      point = TextFamily.class,
      name = "test-claiming",
      help = "claims others' configurations")
  public static final class Claiming extends Altered {
    /** For the host. */
    public Claiming() {
      super(new Gpt2Family(), "test-claiming");
    }

    @Override
    public boolean recognises(ConfigFile config) {
      return super.recognises(config) || config.text("model_type", "").equals("somebody_elses");
    }
  }

  /** Takes what is missing for none. */
  @Extension(
      point = TextFamily.class,
      name = "test-careless",
      help = "takes what is missing for none")
  public static final class Careless extends Altered {
    /** For the host. */
    public Careless() {
      super(new Gpt2Family(), "test-careless");
    }

    @Override
    public LanguageNetwork network(ConfigFile config) {
      if (!config.has("n_layer")) {
        throw new IllegalStateException("no layers");
      }
      return super.network(config);
    }
  }

  /** Is never the same. */
  @Extension(point = TextFamily.class, name = "test-unequal", help = "is never the same")
  public static final class Unequal extends Altered {
    /** For the host. */
    public Unequal() {
      super("test-unequal", Fault.IDENTITY);
    }
  }

  /** Keeps a matrix from adapters. */
  @Extension(point = TextFamily.class, name = "test-wild", help = "keeps a matrix from adapters")
  public static final class Wild extends Altered {
    /** For the host. */
    public Wild() {
      super("test-wild", Fault.LAYERS);
    }
  }

  /** Looks for old names alone. */
  @Extension(point = TextFamily.class, name = "test-lost", help = "looks for old names alone")
  public static final class Lost extends Altered {
    /** For the host. */
    public Lost() {
      super(new Gpt2Family(), "test-lost");
    }

    @Override
    public List<Placement> places(Parameter parameter) {
      return List.of(Placement.of("", "old." + parameter.name()));
    }
  }

  /** Ignores what it does not know. */
  @Extension(
      point = TextFamily.class,
      name = "test-ignoring",
      help = "ignores what it does not know")
  public static final class Ignoring extends Altered {
    /** For the host. */
    public Ignoring() {
      super(new Gpt2Family(), "test-ignoring");
    }

    @Override
    public boolean ignores(String tensor) {
      return true;
    }
  }

  /** Says that it needs nothing. */
  @Extension(point = TextFamily.class, name = "test-sparing", help = "needs nothing")
  public static final class Sparing extends Altered {
    /** For the host. */
    public Sparing() {
      super("test-sparing", Fault.OPTIONAL);
    }
  }

  /** Is wider than it says. */
  @Extension(point = TextFamily.class, name = "test-wide", help = "is wider than it says")
  public static final class Wide extends Altered {
    /** For the host. */
    public Wide() {
      super("test-wide", Fault.WIDTH);
    }
  }

  /** Says that it reads more than it does. */
  @Extension(point = TextFamily.class, name = "test-boasting", help = "says that it reads more")
  public static final class Boasting extends Altered {
    /** For the host. */
    public Boasting() {
      super("test-boasting", Fault.LENGTH);
    }
  }

  /** Sees other texts. */
  @Extension(point = TextFamily.class, name = "test-gossiping", help = "sees other texts")
  public static final class Gossiping extends Altered {
    /** For the host. */
    public Gossiping() {
      super("test-gossiping", Fault.BATCH);
    }
  }

  /** Sees padding. */
  @Extension(point = TextFamily.class, name = "test-staring", help = "sees padding")
  public static final class Staring extends Altered {
    /** For the host. */
    public Staring() {
      super(new BertFamily(), "test-staring");
    }

    @Override
    public LanguageNetwork network(ConfigFile config) {
      return new StaringEncoder((EncoderNetwork) super.network(config));
    }
  }

  /** Counts tokens itself. */
  @Extension(point = TextFamily.class, name = "test-counting", help = "counts tokens itself")
  public static final class Counting extends Altered {
    /** For the host. */
    public Counting() {
      super("test-counting", Fault.POSITIONS);
    }
  }

  /** Looks at weights past their layers. */
  @Extension(
      point = TextFamily.class,
      name = "test-peeking",
      help = "looks at weights past their layers")
  public static final class Peeking extends Altered {
    /** For the host. */
    public Peeking() {
      super("test-peeking", Fault.PEEKING);
    }
  }

  /** Tells apart more classes than it was asked to. */
  @Extension(point = TextFamily.class, name = "test-miscounting", help = "tells apart more classes")
  public static final class Miscounting extends Altered {
    /** For the host. */
    public Miscounting() {
      super(new BertFamily(), "test-miscounting");
    }

    @Override
    public LanguageNetwork classifier(ConfigFile config, int labels) {
      return super.classifier(config, labels + 1);
    }
  }
}
