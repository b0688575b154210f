package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.AdapterMaker;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What readers of published files meet, case by case. */
class ReadingCasesTest {
  private static final String Q = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String FLAT = "lora_unet_" + Q.substring(5).replace('.', '_');
  private static final Site SITE = Families.named("sd15").sites().find(Q).orElseThrow();
  private static final String CONTEXT = FLAT.replace("attn1_to_q", "attn2_to_k");

  @TempDir Path folder;

  private LoadedAdapter read(AdapterMaker maker) {
    return AdapterFiles.read(maker.write(folder.resolve("a.safetensors")));
  }

  private LoadedAdapter read(AdapterMaker maker, String family) {
    return AdapterFiles.read(maker.write(folder.resolve("a.safetensors")), Families.named(family));
  }

  private LoadedAdapter partly(AdapterMaker maker, String family) {
    return AdapterFiles.read(
        maker.write(folder.resolve("a.safetensors")), Families.named(family), ReadOptions.PARTIAL);
  }

  private String refused(AdapterMaker maker, String family) {
    AdapterException e = assertThrows(AdapterException.class, () -> read(maker, family));
    return String.valueOf(e.getMessage());
  }

  private static AdapterMaker pair() {
    return new AdapterMaker().kohya(FLAT, SITE, 4);
  }

  private static double scale(LoadedAdapter read) {
    Factors factors = read.adapter().at(Q).get(0);
    return Methods.additive(factors.method()).scale(factors.structure());
  }

  @Test
  void alphaMayBeMissingOnSomeLayersOnly() {
    AdapterMaker maker = pair().number(FLAT + ".alpha", 2);
    maker.kohya(FLAT.replace("to_q", "to_k"), SITE, 8);
    LoadedAdapter read = read(maker, "sd15");
    assertEquals(0.5, scale(read));
    Factors other = read.adapter().at(Q.replace("to_q", "to_k")).get(0);
    assertEquals("8.0", other.settings().get("alpha"));
  }

  @Test
  void zeroAlphaIsTheRankWithAWarning() {
    LoadedAdapter read = read(pair().number(FLAT + ".alpha", 0), "sd15");
    assertEquals(1, scale(read));
    assertTrue(read.warnings().toString().contains("is 0"), read.warnings().toString());
  }

  @Test
  void alphaMayBeIntegerOrOneDimensional() {
    assertEquals(0.5, scale(read(pair().whole(FLAT + ".alpha", 2), "sd15")));
    HostTensor one = HostTensor.of(Shape.of(1), 2f);
    assertEquals(0.5, scale(read(pair().add(FLAT + ".alpha", one), "sd15")));
  }

  /** PEFT's KaSA without its configuration, and a parameter that nobody knows. */
  @ParameterizedTest
  @ValueSource(strings = {"lora_diag", "lora_diag.default"})
  void kasaIsRefusedByName(String role) {
    String path = "base_model.model." + Q.substring(5);
    AdapterMaker maker = new AdapterMaker().peft(path, SITE, 4).add(path + "." + role, 4);
    assertTrue(refused(maker, "sd15").contains("KaSA"));
  }

  @Test
  void unknownPeftParameterIsRefusedByName() {
    String path = "base_model.model." + Q.substring(5);
    AdapterMaker maker =
        new AdapterMaker().peft(path, SITE, 4).add(path + ".of_tomorrow.default.weight", 4);
    String text = refused(maker, "sd15");
    assertTrue(text.contains("of_tomorrow") && text.contains("not known"), text);
    assertEquals(1, partly(maker, "sd15").adapter().sites().size());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NaN})
  void alphaThatIsNoNumberIsRefused(double alpha) {
    String text = refused(pair().number(FLAT + ".alpha", alpha), "sd15");
    assertTrue(text.contains("alpha") && text.contains("finite"), text);
  }

  @Test
  void hugeAlphaIsWarnedOf() {
    LoadedAdapter read = read(pair().number(FLAT + ".alpha", 1e10), "sd15");
    assertTrue(read.warnings().toString().contains("no usual training"));
  }

  @Test
  void alphaOfFullKroneckerFactorsHasNoEffect() {
    AdapterMaker maker =
        new AdapterMaker()
            .add(FLAT + ".lokr_w1", 4, 4)
            .add(FLAT + ".lokr_w2", 80, 80)
            .number(FLAT + ".alpha", Double.POSITIVE_INFINITY);
    LoadedAdapter read = read(maker, "sd15");
    assertEquals(1, scale(read));
    assertEquals(Reason.NO_EFFECT, read.account().ignored().get(FLAT + ".alpha"));
  }

  @Test
  void ranksMayDifferAndExceedTheLayer() {
    AdapterMaker maker = new AdapterMaker().kohya(FLAT, SITE, 384);
    maker.kohya(FLAT.replace("to_q", "to_v"), SITE, 1);
    assertEquals(2, read(maker, "sd15").adapter().sites().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {".lora_down.weight", ".lora_up.weight"})
  void halfAPairIsRefusedOrLeftOut(String gone) {
    String other = FLAT.replace("to_q", "to_k");
    AdapterMaker maker = pair().kohya(other, SITE, 2);
    maker.tensors().remove(other + gone);
    String left = other + (gone.contains("down") ? ".lora_up.weight" : ".lora_down.weight");
    String text = refused(maker, "sd15");
    assertTrue(text.contains(left), text);
    LoadedAdapter read = partly(maker, "sd15");
    assertEquals(1, read.adapter().sites().size());
    assertEquals(Reason.HALF_A_PAIR, read.account().ignored().get(left));
  }

  @Test
  void halfAPairAloneIsRefusedEvenPartially() {
    AdapterMaker maker = pair();
    maker.tensors().remove(FLAT + ".lora_up.weight");
    assertThrows(AdapterException.class, () -> partly(maker, "sd15"));
  }

  @Test
  void pointwiseConvolutionsAndLinearLayersShareShapes() {
    String layer = "lora_unet_down_blocks_0_attentions_0_proj_in";
    AdapterMaker flat =
        new AdapterMaker()
            .add(layer + ".lora_down.weight", 4, 320)
            .add(layer + ".lora_up.weight", 320, 4);
    AdapterMaker deep =
        new AdapterMaker()
            .add(layer + ".lora_down.weight", 4, 320, 1, 1)
            .add(layer + ".lora_up.weight", 320, 4, 1, 1);
    String identity = read(flat, "sd15").adapter().identity();
    assertEquals(identity, read(deep, "sd15").adapter().identity());
    assertEquals(read(flat, "sd21").adapter().identity(), read(deep, "sd21").adapter().identity());
  }

  @Test
  void duplicateSpellingsOfOneLayerCountOnce() {
    String sgm = "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q";
    AdapterMaker maker = pair().kohya(FLAT.replace("to_q", "to_k"), SITE, 2).kohya(sgm, SITE, 4);
    LoadedAdapter read = read(maker, "sd15");
    assertEquals(Reason.DUPLICATE, read.account().ignored().get(sgm + ".lora_up.weight"));
    assertEquals(4, read.account().used().size());
    assertTrue(read.warnings().toString().contains("under another name"));
    assertEquals(1, read.adapter().at(Q).size());
  }

  @Test
  void unknownKeysAreListedAndEmbeddingsHandedOut() {
    LoadedAdapter read =
        read(
            pair()
                .add("bundle_emb.word.clip_l", 2, 768)
                .add("_aux.optimizer.step", 1)
                .add("anything", 3),
            "sd15");
    assertEquals(Set.of("bundle_emb.word.clip_l"), read.embeddings().keySet());
    assertEquals(Reason.EMBEDDING, read.account().ignored().get("bundle_emb.word.clip_l"));
    assertEquals(Reason.AUXILIARY, read.account().ignored().get("_aux.optimizer.step"));
    assertEquals(Reason.UNKNOWN, read.account().ignored().get("anything"));
    assertEquals(5, read.account().total());
  }

  @Test
  void adapterForAnotherBaseIsRefusedWithNames() {
    AdapterMaker maker = new AdapterMaker();
    maker.kohya("lora_unet_input_blocks_10_0_in_layers_2", conv(1280, 1280), 2);
    maker.add(CONTEXT + ".lora_down.weight", 4, 768).add(CONTEXT + ".lora_up.weight", 320, 4);
    String text = refused(maker, "sdxl");
    assertTrue(text.contains("Stable Diffusion XL has no layer for lora_unet_"), text);
    assertTrue(text.contains("Nearest: unet."), text);
    assertTrue(text.contains("Stable Diffusion 1"), text);
  }

  private static Site conv(long out, long in) {
    return Site.convolution("", Shape.of(out, in, 3, 3), 1, 1);
  }

  @Test
  void widthsOfAnotherBaseAreRefusedWithShapes() {
    AdapterMaker maker =
        new AdapterMaker()
            .add(CONTEXT + ".lora_down.weight", 4, 1024)
            .add(CONTEXT + ".lora_up.weight", 320, 4);
    String text = refused(maker, "sd15");
    assertTrue(text.contains("[4, 1024]") && text.contains("[320, 768]"), text);
    assertEquals("sd21", read(maker).family().name());
  }

  @Test
  void factorsOfMissingModelsAreIgnoredWithWarning() {
    String text = "lora_te2_text_model_encoder_layers_0_mlp_fc1";
    LoadedAdapter read = read(pair().kohya(text, Site.linear("", Shape.of(8, 8), true), 2), "sd15");
    assertEquals(Reason.OTHER_COMPONENT, read.account().ignored().get(text + ".lora_up.weight"));
    assertTrue(read.warnings().toString().contains("a model that the base has not got"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.diffusion_model.input_blocks.0.0.weight",
        "lora_controlnet",
        "emb_params",
        "clip_l"
      })
  void nonAdapterFilesAreRefusedByKind(String key) {
    AdapterMaker maker = new AdapterMaker().add(key, 4, 4);
    String text = refused(maker, "sd15");
    assertTrue(
        text.contains("whole model")
            || text.contains("Control-LoRA")
            || text.contains("textual inversion"),
        text);
  }

  @Test
  void controlAdaptersOfFluxAreRefused() {
    AdapterMaker maker =
        new AdapterMaker()
            .add("img_in.lora_A.weight", 2, 128)
            .add("img_in.lora_B.weight", 3072, 2)
            .add("single_blocks.0.norm.key_norm.scale", 128);
    assertTrue(refused(maker, "flux").contains("control LoRA of FLUX"));
  }

  @Test
  void picklesAreRefusedWhateverTheirName() throws IOException {
    Path file = folder.resolve("p.safetensors");
    Files.write(file, new byte[] {(byte) 0x80, 2, '}', 'q', 0, '.', 0, 0, 0, 0, 0, 0});
    SafetensorsException e =
        assertThrows(SafetensorsException.class, () -> AdapterFiles.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains("pickle"), e.getMessage());
  }

  @Test
  void filesThatWereCutAreRefused() throws IOException {
    Path file = pair().write(folder.resolve("whole.safetensors"));
    byte[] bytes = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.safetensors");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 7));
    assertThrows(SafetensorsException.class, () -> AdapterFiles.read(cut));
  }

  @Test
  void bytesBehindTheTensorsAreWarnedOf() throws IOException {
    Path file = pair().write(folder.resolve("whole.safetensors"));
    Files.write(file, "more".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
    assertTrue(AdapterFiles.read(file).warnings().toString().contains("whole.safetensors"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void valuesThatAreNotFiniteAreCounted(int broken) {
    AdapterMaker maker = new AdapterMaker();
    String[] layers = {"to_q", "to_k", "to_v"};
    for (int i = 0; i < layers.length; i++) {
      String layer = FLAT.replace("to_q", layers[i]);
      maker.kohya(layer, SITE, 2);
      float[] values = new float[640];
      Arrays.fill(values, 1);
      values[3] = Float.NaN;
      values[7] = Float.NEGATIVE_INFINITY;
      if (i < broken) {
        maker.add(layer + ".lora_up.weight", HostTensor.of(Shape.of(320, 2), values));
      }
    }
    Path file = maker.write(folder.resolve("a.safetensors"));
    Examination found = AdapterFiles.examine(file, Families.named("sd15"), ReadOptions.PARTIAL);
    assertEquals(2L * broken, found.notFinite().values());
    assertEquals(broken, found.notFinite().layers().size());
    assertEquals(broken, found.notFinite().tensors().size());
    assertEquals(1, found.problems().size(), found.problems().toString());
    String said = (broken == 3 ? "all 3" : broken + " of 3") + " layers are not finite";
    assertTrue(found.problems().get(0).contains(said), found.problems().toString());
    Examination guessed = AdapterFiles.examine(file, ReadOptions.STRICT);
    assertEquals("sd15", guessed.family().name());
    assertEquals(3, guessed.matched().size());
    assertEquals(found.notFinite(), guessed.notFinite());
  }

  @Test
  void nanIsRefusedWithItsKey() {
    HostTensor bad = HostTensor.of(Shape.of(320, 1), new float[320]);
    ByteBuffer bytes = ByteBuffer.allocate(4 * 320).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(bad.bytes()).putFloat(40, Float.NaN);
    AdapterMaker maker =
        new AdapterMaker()
            .add(FLAT + ".lora_down.weight", 1, 320)
            .add(
                FLAT + ".lora_up.weight", HostTensor.of(DType.F32, Shape.of(320, 1), bytes.flip()));
    String text = refused(maker, "sd15");
    assertTrue(text.contains(FLAT + ".lora_up.weight") && text.contains("not finite"), text);
    assertThrows(AdapterException.class, () -> partly(maker, "sd15"));
  }

  @Test
  void factorsWithoutElementsAreRefused() {
    AdapterMaker maker =
        new AdapterMaker()
            .add(FLAT + ".lora_down.weight", 0, 320)
            .add(FLAT + ".lora_up.weight", 320, 0);
    assertTrue(refused(maker, "sd15").contains("rank 0"));
  }

  @Test
  void ranksThatDifferAreRefused() {
    AdapterMaker maker =
        new AdapterMaker()
            .add(FLAT + ".lora_down.weight", 4, 320)
            .add(FLAT + ".lora_up.weight", 320, 3);
    String text = refused(maker, "sd15");
    assertTrue(text.contains("[320, 3]") && text.contains("[320, 4]"), text);
  }

  @Test
  void anUntrainedAdapterHasNoEffect() {
    AdapterMaker maker = pair();
    maker.add(FLAT + ".lora_up.weight", HostTensor.of(Shape.of(320, 4), new float[320 * 4]));
    assertTrue(refused(maker, "sd15").contains("would change nothing"));
  }

  @Test
  void numbersOf8BitsAreRead() {
    byte[] ones = new byte[4 * 320];
    Arrays.fill(ones, (byte) 0x38);
    HostTensor down = HostTensor.of(DType.F8_E4M3, Shape.of(4, 320), ByteBuffer.wrap(ones));
    AdapterMaker maker = pair().add(FLAT + ".lora_down.weight", down);
    HostTensor read = read(maker, "sd15").adapter().at(Q).get(0).tensor("lora_down.weight");
    assertEquals(1, read.doubles()[7]);
  }

  @Test
  void hostileKeysAreRefusedAndEscaped() {
    AdapterMaker maker = pair().add("../../etc/passwd.lora_A.weight", 2, 2);
    maker.add("a\tb\u001b[31m.diff", 2);
    String text = refused(maker, "sd15");
    assertTrue(text.chars().noneMatch(c -> c < ' '), text);
    assertEquals(1, partly(maker, "sd15").adapter().sites().size());
  }

  @Test
  void aHundredThousandUnknownKeysTakeSeconds() {
    AdapterMaker maker = pair();
    HostTensor one = HostTensor.of(Shape.of(1), 1f);
    for (int i = 0; i < 50_000; i++) {
      maker.add("nobody.knows.this." + i, one);
      maker.add("lora_unet_nobody_knows_" + i + ".lora_up.weight", one);
    }
    // Of the processor's time, since other programs may delay the test.
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    Examination found =
        AdapterFiles.examine(maker.write(folder.resolve("many.safetensors")), ReadOptions.PARTIAL);
    assertEquals(100_002, found.account().total());
    assertEquals(List.of(), found.problems());
    long seconds = (threads.getCurrentThreadCpuTime() - began) / 1_000_000_000;
    assertTrue(seconds < 30, seconds + " s");
  }

  @Test
  void metadataMayBeAnything() {
    AdapterMaker maker =
        pair().say("ss_tag_frequency", "{broken").say("ss_network_alpha", "None").say("", "");
    assertEquals(1, read(maker, "sd15").adapter().sites().size());
    AdapterMaker broken = pair().say("lora_adapter_metadata", "[[[");
    assertTrue(refused(broken, "sd15").contains("lora_adapter_metadata"));
  }

  @Test
  void headerConfigurationSetsTheScale() {
    AdapterMaker maker =
        new AdapterMaker()
            .peft(Q, SITE, 4)
            .say(
                "lora_adapter_metadata",
                "{\"unet.lora_alpha\": 2, \"unet.r\": 4, \"unet.use_rslora\": true,"
                    + " \"unet.alpha_pattern\": {\"attn1.to_q\": 3}}");
    assertEquals(3 * 2 / 4.0, scale(read(maker, "sd15")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FOURIERFT", "XLORA"})
  void unsupportedPeftTypesAreRefusedByName(String type) throws IOException {
    Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\": \"" + type + "\"}");
    new AdapterMaker()
        .peft("base_model.model.x", Site.linear("x", Shape.of(4, 4), true), 2)
        .write(folder.resolve("adapter_model.safetensors"));
    AdapterException e = assertThrows(AdapterException.class, () -> AdapterFiles.read(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("peft_type " + type), e.getMessage());
  }

  @Test
  void initialisationThatChangesTheBaseIsWarned() throws IOException {
    Files.writeString(
        folder.resolve("adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 2,"
            + " \"init_lora_weights\": \"pissa_niter_4\"}");
    new AdapterMaker()
        .peft("base_model.model.x.q", Site.linear("x.q", Shape.of(4, 4), true), 2)
        .write(folder.resolve("adapter_model.safetensors"));
    assertTrue(AdapterFiles.read(folder).warnings().toString().contains("pissa_niter_4"));
  }
}
