package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.diffusion.TinyFolder;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.conditioning.CaptionTokens;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.family.stablediffusion.UNetTargets;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Captions in several chunks, as sd-scripts takes them with max_token_length. */
class LongCaptionTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/long-captions.safetensors"));
  private static final JsonObject CASES =
      JsonParser.parseString(GOLDEN.metadata().get("captions")).getAsJsonObject();
  private static final double CLOSE = 1e-5;

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    LORA.close();
    GOLDEN.close();
  }

  static Stream<String> cases() {
    return CASES.keySet().stream();
  }

  private static String caption(String name) {
    return CASES.getAsJsonArray(name).get(0).getAsString();
  }

  private static void assertClose(String name, float[] found) {
    ByteBuffer bytes = GOLDEN.read(name);
    float[] expected = new float[(int) GOLDEN.tensors().get(name).shape().elements()];
    double scale = 0;
    for (int i = 0; i < expected.length; i++) {
      expected[i] = bytes.getFloat();
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    assertArrayEquals(expected, found, (float) (CLOSE * scale), name);
  }

  private static EncodedCaption encoded(StableDiffusion sd, String name) {
    JsonArray of = CASES.getAsJsonArray(name);
    // Others beside it change nothing.
    List<String> both = List.of("a cat", of.get(0).getAsString());
    return sd.encodeCaptions(both, 0, of.get(1).getAsInt()).get(1);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void chunksAreThoseOfSdScripts(String name) {
    try (StableDiffusion sd = StableDiffusion.open(LORA, TinySd.FOLDER)) {
      assertClose(name + ".sd", encoded(sd, name).context());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void sdxlEncodersTakeChunksAsInSdScripts(String name) throws IOException {
    String pad = "\"" + GOLDEN.metadata().get("padded") + "\"";
    TinyFolder.copy(TinyXl.FOLDER, folder)
        .set("tokenizer_2/tokenizer_config.json", "pad_token", pad)
        .set("tokenizer_2/special_tokens_map.json", "pad_token", pad);
    try (StableDiffusion xl = StableDiffusion.open(LORA, folder)) {
      EncodedCaption found = encoded(xl, name);
      assertClose(name + ".xl", found.context());
      assertClose(name + ".xl.pooled", found.pooled());
    }
  }

  private static double firstLoss(StableDiffusion sd, boolean text, int chunks, String caption) {
    int side = sd.base().sampleSize() * sd.base().vae().scale();
    byte[] rgb = new byte[3 * side * side];
    Arrays.fill(rgb, 0, side * side, (byte) 90);
    TargetLayers style = TargetLayers.of(UNetTargets.STYLE);
    StyleSettings settings = StyleSettings.DEFAULT.withRank(2).withSteps(1).withStored(DType.F32);
    TargetLayers targets = text ? style.and(TargetLayers.of(TargetPreset.TEXT_ENCODERS)) : style;
    return StyleTrainer.on(sd)
        .images(List.of(new Picture("p", caption, side, side, rgb)))
        .batch(2)
        .captionDropout(0)
        .settings(settings.with(settings.recipe().targets(targets)).withCaptionChunks(chunks))
        .run()
        .losses()
        .get(0);
  }

  /** Before the first change, encoders within the program give what they give before it. */
  @ParameterizedTest
  @ValueSource(strings = {"sd", "xl"})
  void trainedEncodersTakeTheSameChunks(String name) {
    Path base = name.equals("sd") ? TinySd.FOLDER : TinyXl.FOLDER;
    try (StableDiffusion sd = StableDiffusion.open(LORA, base)) {
      double fixed = firstLoss(sd, false, 3, caption("three"));
      assertEquals(fixed, firstLoss(sd, true, 3, caption("three")), 1e-5 * fixed);
      double cut = firstLoss(sd, false, 1, caption("three"));
      assertTrue(Math.abs(cut - fixed) > 1e-5 * fixed, "chunks change nothing");
      assertEquals(cut, firstLoss(sd, true, 1, caption("three")), 1e-5 * cut);
    }
  }

  @Test
  void truncatedTokensAreCounted() {
    try (StableDiffusion sd = StableDiffusion.open(LORA, TinySd.FOLDER)) {
      var tokenizer = sd.tokenizers().get(0);
      int all = tokenizer.pieces(caption("three")).length;
      assertEquals(all - 75, CaptionTokens.cut(tokenizer, caption("three"), 1));
      assertEquals(all - 150, CaptionTokens.cut(tokenizer, caption("three"), 2));
      assertEquals(0, CaptionTokens.cut(tokenizer, caption("three"), 3));
      assertEquals(77, CaptionTokens.kept(tokenizer, 1).length);
      assertEquals(227, CaptionTokens.kept(tokenizer, 3).length);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void stepCostGrowsWithTheChunks(boolean text) {
    try (StableDiffusion sd = StableDiffusion.open(LORA, TinyXl.FOLDER)) {
      TargetLayers style = TargetLayers.of(UNetTargets.STYLE);
      TargetLayers targets = text ? style.and(TargetLayers.of(TargetPreset.TEXT_ENCODERS)) : style;
      StyleSettings one = StyleSettings.DEFAULT.withRank(2);
      AdapterPlan plan = one.recipe().targets(targets).plan(sd.base().sites().all());
      StepCost cost = StyleCost.of(sd.base(), plan, one, 2, 8, 8);
      StepCost three = StyleCost.of(sd.base(), plan, one.withCaptionChunks(3), 2, 8, 8);
      assertTrue(three.flops() > cost.flops(), three + " after " + cost);
    }
  }

  /** Runs that were begun before there were chunks can be resumed. */
  @Test
  void singleChunkIsOmittedFromSettingsText() {
    String one = StyleSettings.DEFAULT.canonical();
    assertTrue(!one.contains("captionChunks"), one);
    assertEquals(
        one.replace("stored=F16]", "stored=F16, captionChunks=2]"),
        StyleSettings.DEFAULT.withCaptionChunks(2).canonical());
    assertNotEquals(one, StyleSettings.DEFAULT.withClipSkip(1).canonical());
  }
}
