package dev.lora4j.testkit;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.autoencoder.AutoencoderFamily;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.spi.Extension;
import dev.lora4j.testkit.AlteredAutoencoder.Fault;

/** Kinds of autoencoders that break their contract, each in one way. */
final class BrokenAutoencoders {
  private BrokenAutoencoders() {}

  /** Claims others' configurations. */
  @Extension(
      point = AutoencoderFamily.class,
      name = "test-claiming",
      help = "claims others' configurations")
  public static final class Claiming extends PatchAutoencoder {
    /** For the host. */
    public Claiming() {
      super("ClaimingModel");
    }

    @Override
    public boolean recognises(ConfigFile config) {
      return super.recognises(config)
          || config.text("_class_name", "").equals("SomebodyElsesModel");
    }
  }

  /** Fails at what is missing in words of its own. */
  @Extension(
      point = AutoencoderFamily.class,
      name = "test-careless",
      help = "fails at what is missing in words of its own")
  public static final class Careless extends PatchAutoencoder {
    /** For the host. */
    public Careless() {
      super("CarelessModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      if (!config.has("latent_channels")) {
        throw new IllegalStateException("no channels");
      }
      return super.network(config);
    }
  }

  /** Knows not all of its fields. */
  @Extension(
      point = AutoencoderFamily.class,
      name = "test-ignorant",
      help = "knows not all of its fields")
  public static final class Ignorant extends PatchAutoencoder {
    /** For the host. */
    public Ignorant() {
      super("IgnorantModel");
    }

    @Override
    public ConfigFields fields() {
      return ConfigFields.none().used("_class_name", "latent_channels");
    }
  }

  /** Is never the same. */
  @Extension(point = AutoencoderFamily.class, name = "test-unequal", help = "is never the same")
  public static final class Unequal extends PatchAutoencoder {
    /** For the host. */
    public Unequal() {
      super("UnequalModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.IDENTITY);
    }
  }

  /** Looks for other names. */
  @Extension(
      point = AutoencoderFamily.class,
      name = "test-renaming",
      help = "looks for other names")
  public static final class Renaming extends PatchAutoencoder {
    /** For the host. */
    public Renaming() {
      super("RenamingModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.NAMES);
    }
  }

  /** Has one name of all weights in files of first publication. */
  @Extension(
      point = AutoencoderFamily.class,
      name = "test-ambiguous",
      help = "has one original name of all weights")
  public static final class Ambiguous extends PatchAutoencoder {
    /** For the host. */
    public Ambiguous() {
      super("AmbiguousModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.ORIGINALS);
    }
  }

  /** Has names in files of first publication for the encoder alone. */
  @Extension(
      point = AutoencoderFamily.class,
      name = "test-partial",
      help = "has original names of some weights")
  public static final class Partial extends PatchAutoencoder {
    /** For the host. */
    public Partial() {
      super("PartialModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.HALF_ORIGINALS);
    }
  }

  /** Makes too many latents. */
  @Extension(point = AutoencoderFamily.class, name = "test-wide", help = "makes too many latents")
  public static final class Wide extends PatchAutoencoder {
    /** For the host. */
    public Wide() {
      super("WideModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.LATENTS);
    }
  }

  /** Makes too many colours. */
  @Extension(
      point = AutoencoderFamily.class,
      name = "test-doubled",
      help = "makes too many colours")
  public static final class Doubled extends PatchAutoencoder {
    /** For the host. */
    public Doubled() {
      super("DoubledModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.PICTURES);
    }
  }

  /** Sees other pictures. */
  @Extension(point = AutoencoderFamily.class, name = "test-mixing", help = "sees other pictures")
  public static final class Mixing extends PatchAutoencoder {
    /** For the host. */
    public Mixing() {
      super("MixingModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.ENCODER_BATCH);
    }
  }

  /** Sees other latents. */
  @Extension(point = AutoencoderFamily.class, name = "test-blending", help = "sees other latents")
  public static final class Blending extends PatchAutoencoder {
    /** For the host. */
    public Blending() {
      super("BlendingModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.DECODER_BATCH);
    }
  }

  /** Keeps its shift. */
  @Extension(point = AutoencoderFamily.class, name = "test-shifting", help = "keeps its shift")
  public static final class Shifting extends PatchAutoencoder {
    /** For the host. */
    public Shifting() {
      super("ShiftingModel");
    }

    @Override
    public AutoencoderNetwork network(ConfigFile config) {
      return new AlteredAutoencoder(super.network(config), Fault.SHIFT);
    }
  }
}
