package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.BlockScheme;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.adapter.LayerKinds;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract of {@link BaseFamily}: layers, their names, and signs of files. */
public abstract class BaseFamilyContract extends ExtensionContract<BaseFamily> {
  private static final int RANK = 2;
  private static final int LAYERS = 8;
  private static final SiteCatalogue FOREIGN =
      new SiteCatalogue(List.of(Site.linear("somebody.elses.layer", Shape.of(3, 2), true)));

  @TempDir private Path folder = Path.of("");

  /** Tests a family on the class path, see {@link ExtensionContract}. */
  protected BaseFamilyContract(String name) {
    super(BaseFamily.class, name);
  }

  @Test
  void variantsHaveNamesOfTheirOwn() {
    assertFalse(extension().variants().isEmpty(), "no variant");
    for (Family variant : extension().variants()) {
      assertTrue(variant.name().matches("[a-z0-9][a-z0-9.-]*"), "called " + variant.name());
      assertFalse(variant.title().isBlank(), variant.name() + " has no title");
      Optional<BaseFamily> named = Families.of(variant.name());
      assertEquals(
          Optional.of(extension().getClass()),
          named.map(BaseFamily::getClass),
          variant.name() + " is another's name");
    }
  }

  @Test
  void everySiteIsOfAComponent() {
    for (Family variant : extension().variants()) {
      Set<String> components = new HashSet<>();
      for (Site site : variant.sites().all()) {
        components.add(Components.of(site.name()));
        assertTrue(site.name().indexOf('.') > 0, site.name() + " has no component");
      }
      assertTrue(
          components.stream().anyMatch(c -> !Components.textEncoder(c)), "there is no denoiser");
      assertTrue(Components.all().containsAll(components), "components are not listed");
    }
  }

  @Test
  void nativeNamesAreOfItsSites() {
    for (Family variant : extension().variants()) {
      Set<String> named = new HashSet<>();
      for (NativeName name : variant.natives()) {
        Optional<Site> site = variant.sites().find(name.site());
        assertTrue(site.isPresent(), name + " is of no site");
        assertTrue(named.add(name.site()), name.site() + " has two names");
        name.rows().ifPresent(rows -> assertEquals(site.get().out(), rows.count(), name + ""));
      }
    }
  }

  @Test
  void filesOfOthersAreNotClaimed() {
    assertEquals(Optional.empty(), extension().component(Set.of("somebody.elses.weight")));
    assertEquals(Optional.empty(), extension().original(Map.of(), ""));
    assertEquals(Optional.empty(), extension().blocks(FOREIGN));
    assertEquals(List.of(), extension().natives(FOREIGN));
  }

  @Test
  void everyLayerIsInABlock() {
    for (Family variant : extension().variants()) {
      Optional<BlockScheme> scheme = extension().blocks(variant.sites());
      for (Site site : variant.sites().all()) {
        scheme.ifPresent(s -> assertFalse(s.block(site).toString().isBlank(), site.name()));
      }
    }
  }

  @Test
  void variantsAreTheSameEachTime() {
    BaseFamily family = extension();
    List<Family> first = family.variants();
    List<Family> second = family.variants();
    assertEquals(first.size(), second.size());
    for (int i = 0; i < first.size(); i++) {
      assertEquals(first.get(i).name(), second.get(i).name());
      assertEquals(
          List.copyOf(first.get(i).sites().all()), List.copyOf(second.get(i).sites().all()));
    }
  }

  @Test
  void adaptersRoundTripInDiffusersLayout() {
    for (Family variant : extension().variants()) {
      Adapter adapter = lora(variant);
      Path file = folder.resolve(variant.name() + ".safetensors");
      AdapterOutput.write(
          adapter, variant, AdapterWriters.named("diffusers"), WriteOptions.EXACT, file);
      Optional<Adapter> read = AdapterFiles.examine(file, variant, ReadOptions.STRICT).adapter();
      assertEquals(Optional.of(adapter.identity()), read.map(Adapter::identity), variant.name());
    }
  }

  /** A LoRA of some layers of each component. */
  private static Adapter lora(Family variant) {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, List<Factors>> sites = new TreeMap<>();
    for (Site site : variant.sites().all()) {
      if (LayerKinds.product(site)
          && counts.merge(Components.of(site.name()), 1, Integer::sum) <= LAYERS) {
        Factors factors =
            Factors.of(
                LoraMethod.NAME,
                Map.of(
                    LoraMethod.DOWN, SyntheticLayer.numbers(LowRank.down(site, RANK), random),
                    LoraMethod.UP, SyntheticLayer.numbers(LowRank.up(site, RANK), random)),
                Map.of("alpha", "2.0"));
        sites.put(site.name(), List.of(factors));
      }
    }
    return new Adapter("ink", sites, Map.of());
  }
}
