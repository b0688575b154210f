package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.TinyAdapters;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.request.Prompt;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever is applied and taken away, in whatever order, the base stays as it is, bit by bit. F32
 * weights are views of the mapped file, those in BF16 were converted into memory.
 */
@Tag("slow")
class BaseUnchangedTest {
  private static final int TIMES = 100;

  /** Nearly every method there is, in several dialects; most change text encoders too. */
  private static final List<String> FILES =
      List.of(
          "sd-kohya.safetensors",
          "sd-locon-tucker.safetensors",
          "sd-peft-lora",
          "sd-loha.safetensors",
          "sd-lokr.safetensors",
          "sd-dora.safetensors",
          "sd-peft-dora",
          "sd-diag-oft.safetensors",
          "sd-boft.safetensors",
          "sd-peft-oft",
          "sd-peft-ia3",
          "sd-glora.safetensors",
          "sd-full.safetensors",
          "sd-norms.safetensors");

  private static List<Adapter> adapters(StableDiffusion sd) {
    return FILES.stream().map(f -> sd.adapter(TinyAdapters.FOLDER.resolve(f))).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void hundredPicturesLeaveTheBaseUnchanged(DType compute) {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER, LoadOptions.in(compute))) {
      List<Adapter> adapters = adapters(sd);
      Random random = new Random(compute.name().hashCode());
      String weights = NativeWeights.hash(sd);
      float[] noise = noise(random);
      float[] plain = latents(sd, MixPlan.NONE, noise);
      int changed = 0;
      for (int i = 0; i < TIMES; i++) {
        MixPlan mix = drawn(adapters, random);
        changed += Arrays.equals(plain, latents(sd, mix, noise)) ? 0 : 1;
        assertEquals(weights, NativeWeights.hash(sd), i + ": " + mix);
        if (i % 10 == 9) {
          assertArrayEquals(plain, latents(sd, MixPlan.NONE, noise), i + ": " + mix);
        }
      }
      assertTrue(changed > TIMES / 2, changed + " of " + TIMES + " changed the picture");
    }
  }

  /** Up to three of the adapters, in any order, some with weight 0, some for some steps alone. */
  private static MixPlan drawn(List<Adapter> adapters, Random random) {
    List<Adapter> shuffled = new ArrayList<>(adapters);
    Collections.shuffle(shuffled, random);
    Route route = List.of(Route.values()).get(random.nextInt(Route.values().length));
    MixPlan mix = MixPlan.NONE.order(AdapterOrder.FROM_BASE).route(route);
    for (Adapter adapter : shuffled.subList(0, random.nextInt(4))) {
      double value = random.nextInt(6) == 0 ? 0 : 0.5 * random.nextGaussian();
      double end = random.nextInt(3) == 0 ? 0.5 : 1;
      mix = mix.with(adapter, Weight.steps(0, end, value));
    }
    return mix;
  }

  private static float[] noise(Random random) {
    float[] noise = new float[4 * 8 * 8];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) random.nextGaussian();
    }
    return noise;
  }

  private static float[] latents(StableDiffusion sd, MixPlan mix, float[] noise) {
    return MadeLatents.of(sd, Prompt.of("a red fox").steps(2).guidance(2).mix(mix), noise);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void hundredWeightChangesEqualTheLastAlone(DType compute) {
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER, LoadOptions.in(compute));
        Scope scope = sd.scope().child("test")) {
      Random random = new Random(7 + compute.name().hashCode());
      MixPlan plan = MixPlan.NONE.order(AdapterOrder.FROM_BASE);
      for (Adapter adapter : adapters(sd)) {
        plan = plan.with(adapter, 1);
      }
      String weights = NativeWeights.hash(sd);
      MergedSites all = patched(scope, sd, plan);
      float[] now = new float[plan.parts().size()];
      for (int i = 0; i < TIMES; i++) {
        int which = random.nextInt(now.length);
        now[which] = random.nextInt(3) == 0 ? 0 : (float) random.nextGaussian() / 2;
        Map<String, Tensor> made = all.at(now);
        if (i % 20 == 19) {
          try (Scope fresh = scope.child("fresh")) {
            assertFalse(made.isEmpty());
            assertEquals(bytes(patched(fresh, sd, plan).at(now)), bytes(made), "change " + i);
          }
        }
        assertEquals(weights, NativeWeights.hash(sd), "change " + i);
      }
      assertEquals(Map.of(), all.at(new float[now.length]));
    }
  }

  private static MergedSites patched(Scope scope, StableDiffusion sd, MixPlan plan) {
    return new MergedSites(
        scope,
        sd.programs().merged(),
        sd.base().denoiserWeights(),
        sd.sites(),
        "unet",
        UnmergedAdapters.touched(plan, "unet"),
        plan);
  }

  private static Map<String, ByteBuffer> bytes(Map<String, Tensor> tensors) {
    Map<String, ByteBuffer> bytes = new TreeMap<>();
    tensors.forEach((name, tensor) -> bytes.put(name, tensor.bytes()));
    return bytes;
  }
}
