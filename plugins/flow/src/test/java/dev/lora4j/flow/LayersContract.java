package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Contract of a network at its published size: it has the layers of its family by name and shape.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class LayersContract {
  private final String family;
  private final DenoiserNetwork network;
  private final Map<String, Integer> presets;

  /**
   * For a network.
   *
   * @param presets how many layers each takes
   */
  protected LayersContract(String family, DenoiserNetwork network, Map<String, Integer> presets) {
    this.family = family;
    this.network = network;
    this.presets = Map.copyOf(presets);
  }

  /** Names of presets. */
  protected Stream<String> presets() {
    return presets.keySet().stream().sorted();
  }

  /** Layers that a preset takes. */
  protected final Collection<Site> among(TargetPreset preset) {
    return preset.among(StagedLayers.sites(network).values());
  }

  @Test
  void layersAreThoseOfTheFamily() {
    assertEquals(StagedLayers.known(family), StagedLayers.of(network));
  }

  @ParameterizedTest
  @MethodSource("presets")
  void presetsHaveTheLayersOfTrainers(String preset) {
    assertEquals(presets.getOrDefault(preset, 0), among(TargetPreset.named(preset)).size());
  }
}
