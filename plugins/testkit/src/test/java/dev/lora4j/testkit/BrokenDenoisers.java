package dev.lora4j.testkit;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.spi.Extension;
import dev.lora4j.testkit.AlteredDenoiser.Fault;

/** Kinds of denoisers that break their contract, each in one way. */
final class BrokenDenoisers {
  private BrokenDenoisers() {}

  /** Claims others' configurations. */
  @Extension(
      point = DenoiserFamily.class,
      name = "test-claiming",
      help = "claims others' configurations")
  public static final class Claiming extends PatchesFamily {
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
      point = DenoiserFamily.class,
      name = "test-careless",
      help = "fails at what is missing in words of its own")
  public static final class Careless extends PatchesFamily {
    /** For the host. */
    public Careless() {
      super("CarelessModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      if (!config.has("text_width")) {
        throw new IllegalStateException("no width");
      }
      return super.network(config);
    }
  }

  /** Is never the same. */
  @Extension(point = DenoiserFamily.class, name = "test-unequal", help = "is never the same")
  public static final class Unequal extends PatchesFamily {
    /** For the host. */
    public Unequal() {
      super("UnequalModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.IDENTITY);
    }
  }

  /** Looks for other names. */
  @Extension(point = DenoiserFamily.class, name = "test-renaming", help = "looks for other names")
  public static final class Renaming extends PatchesFamily {
    /** For the host. */
    public Renaming() {
      super("RenamingModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.NAMES);
    }
  }

  /** Has all on the finest grid. */
  @Extension(
      point = DenoiserFamily.class,
      name = "test-misplaced",
      help = "has all on the finest grid")
  public static final class Misplaced extends PatchesFamily {
    /** For the host. */
    public Misplaced() {
      super("MisplacedModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.PLACES);
    }
  }

  /** Predicts twice as much. */
  @Extension(point = DenoiserFamily.class, name = "test-doubled", help = "predicts twice as much")
  public static final class Doubled extends PatchesFamily {
    /** For the host. */
    public Doubled() {
      super("DoubledModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.SIZE);
    }
  }

  /** Sees other pictures. */
  @Extension(point = DenoiserFamily.class, name = "test-gossiping", help = "sees other pictures")
  public static final class Gossiping extends PatchesFamily {
    /** For the host. */
    public Gossiping() {
      super("GossipingModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.BATCH);
    }
  }

  /** Hears no text. */
  @Extension(point = DenoiserFamily.class, name = "test-deaf", help = "hears no text")
  public static final class Deaf extends PatchesFamily {
    /** For the host. */
    public Deaf() {
      super("DeafModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.DEAF);
    }
  }

  /** Takes what it is not to be told. */
  @Extension(
      point = DenoiserFamily.class,
      name = "test-indifferent",
      help = "takes what it is not to be told")
  public static final class Indifferent extends PatchesFamily {
    /** For the host. */
    public Indifferent() {
      super("IndifferentModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.TOLD);
    }
  }

  /** Takes one text for the other. */
  @Extension(
      point = DenoiserFamily.class,
      name = "test-swapping",
      help = "takes one text for the other")
  public static final class Swapping extends PatchesFamily {
    /** For the host. */
    public Swapping() {
      super("SwappingModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.SHARES);
    }
  }

  /** Differs where it is checkpointed. */
  @Extension(
      point = DenoiserFamily.class,
      name = "test-drifting",
      help = "differs where it is checkpointed")
  public static final class Drifting extends PatchesFamily {
    /** For the host. */
    public Drifting() {
      super("DriftingModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.CHECKPOINTS);
    }
  }

  /** Is another one each time it computes a cheap part. */
  @Extension(
      point = DenoiserFamily.class,
      name = "test-forgetful",
      help = "is another one each time it computes a cheap part")
  public static final class Forgetful extends PatchesFamily {
    /** For the host. */
    public Forgetful() {
      super("ForgetfulModel");
    }

    @Override
    public DenoiserNetwork network(ConfigFile config) {
      return new AlteredDenoiser(super.network(config), Fault.CHEAP);
    }
  }
}
