package dev.lora4j.testkit;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.Layer;
import dev.lora4j.spi.Extension;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Dialects that break their contract, each in one way, and one that keeps it. Keys are a name and a
 * colon, which no other dialect has, the layer, a second colon and the role.
 */
final class BrokenFormats {
  private static final int PARTS = 3;

  private BrokenFormats() {}

  static String key(String format, String site, String role) {
    return format + ":" + site + ":" + role;
  }

  private static Optional<KeyAddress> address(String format, String key, KeyContext context) {
    String[] parts = key.split(":", -1);
    if (parts.length != PARTS || !parts[0].equals(format) || parts[2].isBlank()) {
      return Optional.empty();
    }
    Optional<Layer> layer = context.names().canonical(parts[1]);
    return Optional.of(
        layer
            .<KeyAddress>map(found -> new KeyAddress.KnownLayer(parts[1], found, parts[2]))
            .orElseGet(() -> new KeyAddress.UnknownLayer(parts[1], parts[1], false)));
  }

  /** Keeps it. */
  @Extension(point = AdapterFormat.class, name = "test-colons", help = "colons")
  public static final class Colons implements AdapterFormat {
    /** For the host. */
    public Colons() {}

    @Override
    public Optional<KeyAddress> resolve(String key, KeyContext context) {
      return address(name(), key, context);
    }
  }

  /** Keeps it: spells layers of the denoiser alone. */
  @Extension(point = AdapterFormat.class, name = "test-unet-colons", help = "colons, no encoders")
  public static final class Denoisers implements AdapterFormat {
    /** For the host. */
    public Denoisers() {}

    @Override
    public Optional<KeyAddress> resolve(String key, KeyContext context) {
      return key.contains(":unet.") ? address(name(), key, context) : Optional.empty();
    }
  }

  /** Does not know some layers that it spells. */
  @Extension(point = AdapterFormat.class, name = "test-deaf-keys", help = "misses attention")
  public static final class Deaf implements AdapterFormat {
    /** For the host. */
    public Deaf() {}

    @Override
    public Optional<KeyAddress> resolve(String key, KeyContext context) {
      return key.contains("attn2") ? Optional.empty() : address(name(), key, context);
    }
  }

  /** Spells the halves of a pair as two layers. */
  @Extension(point = AdapterFormat.class, name = "test-apart", help = "halves apart")
  public static final class Apart implements AdapterFormat {
    /** For the host. */
    public Apart() {}

    @Override
    public Optional<KeyAddress> resolve(String key, KeyContext context) {
      return address(name(), key, context)
          .map(a -> a instanceof KeyAddress.KnownLayer l ? whole(key, l) : a);
    }

    private static KeyAddress whole(String key, KeyAddress.KnownLayer layer) {
      return new KeyAddress.KnownLayer(key, layer.layer(), layer.role());
    }
  }

  /** Takes some layer for one that is not there. */
  @Extension(point = AdapterFormat.class, name = "test-guessing", help = "guesses")
  public static final class Guessing implements AdapterFormat {
    /** For the host. */
    public Guessing() {}

    @Override
    public Optional<KeyAddress> resolve(String key, KeyContext context) {
      return address(name(), key, context)
          .map(a -> a instanceof KeyAddress.UnknownLayer l ? some(l, context) : a);
    }

    private static KeyAddress some(KeyAddress.UnknownLayer lacking, KeyContext context) {
      String nearest = context.names().nearest(lacking.spelled(), 1).get(0);
      Layer layer = context.names().canonical(nearest).orElseThrow();
      return new KeyAddress.KnownLayer(lacking.spelled(), layer, "lora_down.weight");
    }
  }

  /** Takes what begins like its keys for one of them. */
  @Extension(point = AdapterFormat.class, name = "test-trusting", help = "trusts keys")
  public static final class Trusting implements AdapterFormat {
    /** For the host. */
    public Trusting() {}

    @Override
    public Optional<KeyAddress> resolve(String key, KeyContext context) {
      return key.startsWith(name() + ":") && key.split(":", -1)[2].isEmpty()
          ? Optional.empty()
          : address(name(), key, context);
    }
  }

  /** Forgets now and then. */
  @Extension(point = AdapterFormat.class, name = "test-tired-keys", help = "tires")
  public static final class Tired implements AdapterFormat {
    private static final int CALLS = 300;
    private final AtomicInteger asked = new AtomicInteger();

    /** For the host. */
    public Tired() {}

    @Override
    public Optional<KeyAddress> resolve(String key, KeyContext context) {
      return asked.incrementAndGet() > CALLS ? Optional.empty() : address(name(), key, context);
    }
  }
}
