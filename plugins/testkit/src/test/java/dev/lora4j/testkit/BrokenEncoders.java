package dev.lora4j.testkit;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.spi.Extension;
import dev.lora4j.testkit.AlteredEncoder.Fault;

/** Kinds of text encoders that break their contract, each in one way. */
final class BrokenEncoders {
  private BrokenEncoders() {}

  /** Claims others' configurations. */
  @Extension(
      point = TextEncoderFamily.class,
      name = "test-claiming",
      help = "claims others' configurations")
  public static final class Claiming extends WordsFamily {
    /** For the host. */
    public Claiming() {
      super("ClaimingModel");
    }

    @Override
    public boolean recognises(ConfigFile config) {
      return super.recognises(config) || config.text("model_type", "").equals("somebody_elses");
    }
  }

  /** Takes what is missing for none. */
  @Extension(
      point = TextEncoderFamily.class,
      name = "test-careless",
      help = "takes what is missing for none")
  public static final class Careless extends WordsFamily {
    /** For the host. */
    public Careless() {
      super("CarelessModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      if (!config.has("places")) {
        throw new IllegalStateException("no places");
      }
      return super.network(config);
    }
  }

  /** Is never the same. */
  @Extension(point = TextEncoderFamily.class, name = "test-unequal", help = "is never the same")
  public static final class Unequal extends WordsFamily {
    /** For the host. */
    public Unequal() {
      super("UnequalModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.IDENTITY);
    }
  }

  /** Looks for other names. */
  @Extension(
      point = TextEncoderFamily.class,
      name = "test-renaming",
      help = "looks for other names")
  public static final class Renaming extends WordsFamily {
    /** For the host. */
    public Renaming() {
      super("RenamingModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.NAMES);
    }
  }

  /** Gives more tokens than fit. */
  @Extension(
      point = TextEncoderFamily.class,
      name = "test-overlong",
      help = "gives more tokens than fit")
  public static final class Overlong extends WordsFamily {
    /** For the host. */
    public Overlong() {
      super("OverlongModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.FRAME);
    }
  }

  /** Cuts texts by mood. */
  @Extension(point = TextEncoderFamily.class, name = "test-moody", help = "cuts texts by mood")
  public static final class Moody extends WordsFamily {
    /** For the host. */
    public Moody() {
      super("MoodyModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.PIECES);
    }
  }

  /** Is less wide than it says. */
  @Extension(
      point = TextEncoderFamily.class,
      name = "test-narrow",
      help = "is less wide than it says")
  public static final class Narrow extends WordsFamily {
    /** For the host. */
    public Narrow() {
      super("NarrowModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.WIDTH);
    }
  }

  /** Sees other texts. */
  @Extension(point = TextEncoderFamily.class, name = "test-gossiping", help = "sees other texts")
  public static final class Gossiping extends WordsFamily {
    /** For the host. */
    public Gossiping() {
      super("GossipingModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.BATCH);
    }
  }

  /** Looks at its end whatever is asked for. */
  @Extension(point = TextEncoderFamily.class, name = "test-staring", help = "knows one view")
  public static final class Staring extends WordsFamily {
    /** For the host. */
    public Staring() {
      super("StaringModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.VIEW);
    }
  }

  /** Sees no vectors. */
  @Extension(point = TextEncoderFamily.class, name = "test-blind", help = "sees no vectors")
  public static final class Blind extends WordsFamily {
    /** For the host. */
    public Blind() {
      super("BlindModel");
    }

    @Override
    public TextEncoderNetwork network(ConfigFile config) {
      return new AlteredEncoder(super.network(config), Fault.VECTORS);
    }
  }
}
