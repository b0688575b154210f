package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.LayerKinds;
import dev.lora4j.core.train.adapter.LayerSelector;
import dev.lora4j.core.train.adapter.TargetPreset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Contract of {@link LayerSelector}. Subclasses may name a base that has the chosen layers. */
public abstract class LayerSelectorContract extends ExtensionContract<LayerSelector> {
  /** Tests a preset on the class path, see {@link ExtensionContract}. */
  protected LayerSelectorContract(String name) {
    super(LayerSelector.class, name);
  }

  /** A base some of whose layers are chosen; Stable Diffusion 1.5 unless it is overridden. */
  protected Family base() {
    return Families.named("sd15");
  }

  private List<Site> chosen(Collection<Site> sites) {
    return extension().among(sites);
  }

  @Test
  void someLayersAreChosenInTheModelsOrder() {
    List<Site> chosen = chosen(base().sites().all());
    assertFalse(chosen.isEmpty(), "no layer of " + base().title());
    List<Site> ordered = new ArrayList<>(base().sites().all());
    ordered.retainAll(chosen);
    assertEquals(ordered, chosen, "layers of the model, in its order, each once");
  }

  @Test
  void onlyProductsAreChosen() {
    for (Family family : Families.all()) {
      for (Site site : chosen(family.sites().all())) {
        assertTrue(LayerKinds.product(site), site + " is neither linear nor a convolution");
      }
    }
  }

  @Test
  void textEncodersStandAlone() {
    for (Family family : Families.all()) {
      List<Site> chosen = chosen(family.sites().all());
      long text = chosen.stream().filter(LayerKinds::text).count();
      assertTrue(text == 0 || text == chosen.size(), "text encoders and others in " + family);
    }
  }

  @Test
  void nothingIsChosenOfNothing() {
    assertEquals(List.of(), chosen(List.of()));
  }

  @Test
  void presetIsFoundByItsName() {
    TargetPreset preset = TargetPreset.named(info().name());
    assertEquals(chosen(base().sites().all()), preset.among(base().sites().all()));
  }
}
