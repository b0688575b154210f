package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Contract of {@link AdapterFormat}, a dialect of keys. Subclasses give its spelling of a layer.
 */
public abstract class AdapterFormatContract extends ExtensionContract<AdapterFormat> {
  private static final String LACKING = "unet.down_blocks.9.attentions.7.proj_in";
  private static final int MUTATIONS = 2000;
  private static final String SIGNS = ".:_/-0aZ \u00e4\ud83e\udd8a\n\\";

  /** Tests a dialect on the class path, see {@link ExtensionContract}. */
  protected AdapterFormatContract(String name) {
    super(AdapterFormat.class, name);
  }

  /**
   * The key of one half of a LoRA.
   *
   * @param site canonical name of a layer of {@link #base}, or of one that it might have
   * @param role {@link LoraMethod#DOWN} or {@link LoraMethod#UP}
   */
  protected abstract String key(String site, String role);

  /** The base whose layers are spelled; Stable Diffusion 1.5 unless it is overridden. */
  protected Family base() {
    return Families.named("sd15");
  }

  /** Names of the layers of {@link #base} that it has keys for; all unless it is overridden. */
  protected List<String> spelled() {
    return base().sites().all().stream().map(Site::name).toList();
  }

  /**
   * Names of the layers that the key of one changes, in order; that layer alone unless it is
   * overridden, as for a dialect that has one key for queries, keys and values.
   */
  protected List<String> parts(String site) {
    return List.of(site);
  }

  private LayerNames names() {
    return new LayerNames(base());
  }

  private Set<String> keys(String site) {
    return Set.of(key(site, LoraMethod.DOWN), key(site, LoraMethod.UP));
  }

  private Optional<KeyAddress> resolve(LayerNames names, String site, String role) {
    return extension().resolve(key(site, role), new KeyContext(names, keys(site), Map.of()));
  }

  @Test
  void spelledKeysAreFound() {
    LayerNames names = names();
    for (String site : spelled()) {
      for (String role : List.of(LoraMethod.DOWN, LoraMethod.UP)) {
        String key = key(site, role);
        KeyAddress address =
            resolve(names, site, role).orElseThrow(() -> new AssertionError(key + " is not known"));
        if (!(address instanceof KeyAddress.KnownLayer found)) {
          throw new AssertionError(key + " is " + address);
        }
        assertEquals(role, found.role(), key);
        assertEquals(
            parts(site),
            found.layer().parts().stream().map(part -> part.site().name()).toList(),
            key);
      }
    }
  }

  @Test
  void bothFactorsAreOfOneLayer() {
    LayerNames names = names();
    for (String site : spelled()) {
      assertEquals(
          layer(resolve(names, site, LoraMethod.DOWN)),
          layer(resolve(names, site, LoraMethod.UP)),
          site);
    }
  }

  private static Optional<String> layer(Optional<KeyAddress> address) {
    return address
        .filter(KeyAddress.KnownLayer.class::isInstance)
        .map(found -> ((KeyAddress.KnownLayer) found).spelled());
  }

  @Test
  void layerMissingInTheBaseIsNotFound() {
    Optional<KeyAddress> address = resolve(names(), LACKING, LoraMethod.DOWN);
    assertFalse(
        address.isPresent() && address.get() instanceof KeyAddress.KnownLayer,
        LACKING + ", which the base lacks, is " + address);
  }

  @Test
  void everyKeyGetsAnAnswer() {
    LayerNames names = names();
    SplittableRandom random = new SplittableRandom(3);
    List<String> sites = spelled();
    List<String> all = new ArrayList<>(List.of("", " ", ".", "..", "x".repeat(1 << 16)));
    String whole = key(sites.get(0), LoraMethod.DOWN);
    for (int i = 0; i <= whole.length(); i++) {
      all.add(whole.substring(0, i));
      all.add(whole.substring(i));
    }
    for (int i = 0; i < MUTATIONS; i++) {
      String site = sites.get(random.nextInt(sites.size()));
      all.add(mutated(key(site, LoraMethod.UP), random));
    }
    for (String key : all) {
      // A mistake here would be the reader's, of a file that anybody may have made.
      extension()
          .resolve(key, new KeyContext(names, Set.of(key), Map.of()))
          .ifPresent(address -> requireSound(key, address));
    }
  }

  private static void requireSound(String key, KeyAddress address) {
    if (address instanceof KeyAddress.KnownLayer found) {
      assertFalse(found.role().isBlank(), key + " has no role");
      assertFalse(found.layer().parts().isEmpty(), key + " is of a layer of nothing");
    }
  }

  private static String mutated(String key, SplittableRandom random) {
    StringBuilder text = new StringBuilder(key);
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(text.length());
      if (random.nextBoolean() && text.length() > 1) {
        text.deleteCharAt(at);
      } else {
        text.insert(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
      }
    }
    return text.toString();
  }

  @Test
  void theSameKeyIsTheSameLayer() throws Exception {
    LayerNames names = names();
    AdapterFormat format = extension();
    List<String> some = spelled().stream().limit(50).toList();
    ManyThreads.agree(
        () ->
            some.stream()
                .map(site -> key(site, LoraMethod.UP))
                .map(key -> format.resolve(key, new KeyContext(names, Set.of(key), Map.of())))
                .toList());
  }
}
