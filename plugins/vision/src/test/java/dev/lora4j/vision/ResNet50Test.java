package dev.lora4j.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.vision.network.ResNet;
import dev.lora4j.vision.network.ResNetNames;
import dev.lora4j.vision.network.ResNetSizes;
import dev.lora4j.vision.train.VisionTargets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes of adapters for ResNet-50, by its shape alone. */
class ResNet50Test {
  private static final List<Integer> WIDTHS = List.of(256, 512, 1024, 2048);
  private static final ResNetSizes SIZES =
      new ResNetSizes(
          ResNetNames.TORCHVISION,
          true,
          64,
          List.of(3, 4, 6, 3),
          List.of(64, 128, 256, 512),
          WIDTHS,
          false,
          false,
          1000);

  @TempDir private Path folder = Path.of("");

  @Test
  void rankFourOnAllConvolutionsIsAsSmallAsCounted() throws Exception {
    Family family = Family.of("ResNet-50", VisionModel.catalogue(new ResNet(SIZES)));
    AdapterPlan plan =
        AdapterRecipe.DEFAULT.targets(VisionTargets.ALL).rank(4, 4).plan(family.sites().all());
    assertEquals(53, plan.sites().size());
    assertEquals(317_772, plan.elements());
    Map<String, List<Factors>> factors = new TreeMap<>();
    for (Site site : plan.sites().keySet()) {
      SortedMap<String, HostTensor> tensors = new TreeMap<>();
      Shape down = site.weight().with(0, 4);
      tensors.put(LoraMethod.DOWN, zeros(down));
      tensors.put(LoraMethod.UP, zeros(Shape.of(site.out(), 4, 1, 1)));
      factors.put(
          site.name(), List.of(new Factors("lora", tensors, new TreeMap<>(Map.of("alpha", "4")))));
    }
    Adapter adapter = new Adapter("resnet50", factors, Map.of());
    Path out = folder.resolve("peft");
    AdapterOutput.write(adapter, family, AdapterWriters.named("peft"), WriteOptions.EXACT, out);
    long bytes = Files.size(out.resolve("adapter_model.safetensors"));
    assertTrue(bytes <= 3_200_000, bytes + " bytes");
  }

  private static HostTensor zeros(Shape shape) {
    return HostTensor.of(DType.F32, shape, new double[Math.toIntExact(shape.elements())]);
  }
}
