package dev.lora4j.whisper.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.whisper.Goldens;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.SpeechTask;
import dev.lora4j.whisper.TinyLogits;
import dev.lora4j.whisper.Transcript;
import dev.lora4j.whisper.TranscriptRequest;
import dev.lora4j.whisper.audio.Wave;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tiny Whisper against transformers and PEFT ({@code tiny_whisper.py}). */
class WhisperParityTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final SpeechModel MODEL = SpeechModel.open(LORA, Goldens.TINY);
  private static final String EXPECTED = "tiny/expected.safetensors";
  private static final String ADAPTED = "adapter/expected.safetensors";
  private static final int END = 256;
  private static final TranscriptRequest ENGLISH = TranscriptRequest.PLAIN.language("en");

  @TempDir private Path folder = Path.of("");

  @AfterAll
  static void close() {
    MODEL.close();
    LORA.close();
  }

  @Test
  void logitsAreThoseOfTransformers() {
    Goldens.assertClose(
        Goldens.tensor(EXPECTED, "logits").doubles(),
        TinyLogits.of(MODEL, MixPlan.NONE).doubles(),
        1e-5);
  }

  @Test
  void greedyTokensAreThoseOfTransformers() {
    assertTokens(EXPECTED, "greedy", MODEL.transcribe(Goldens.sounds(), ENGLISH));
    TranscriptRequest german =
        TranscriptRequest.PLAIN.language("German").task(SpeechTask.TRANSLATE);
    assertTokens(EXPECTED, "translated", MODEL.transcribe(Goldens.sounds(), german));
  }

  /** Which were searched one after the other there, and are one batch here. */
  @Test
  void beamsAreThoseOfTransformers() {
    assertTokens(EXPECTED, "beams", MODEL.transcribe(Goldens.sounds(), ENGLISH.beams(4)));
  }

  @Test
  void languagesAreThoseThatTransformersHears() {
    int[] expected = Goldens.row(EXPECTED, "languages", 0);
    List<Transcript> found = MODEL.transcribe(Goldens.sounds(), TranscriptRequest.PLAIN);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i], MODEL.tokens().languages().get(found.get(i).language()), "recording " + i);
    }
  }

  @Test
  void aSilentWindowHasNoText() {
    float[] samples = new float[32000];
    System.arraycopy(Goldens.sounds().get(0).samples(), 0, samples, 16000, 16000);
    List<Transcript.Window> windows =
        MODEL
            .transcribe(List.of(new Wave("half", Wave.RATE, samples)), ENGLISH.beams(4))
            .get(0)
            .windows();
    assertEquals(2, windows.size());
    assertEquals(List.of(), windows.get(0).tokens());
    assertEquals("", windows.get(0).text());
    assertEquals(1.0, windows.get(1).begin());
    int[] expected = Goldens.row(EXPECTED, "beams", 0);
    assertEquals(expected[0], windows.get(1).tokens().get(0));
  }

  /** Unmerged, and in the weights. */
  @ParameterizedTest
  @EnumSource(
      value = Route.class,
      names = {"UNMERGED", "MERGED"})
  void adapterOfPeftGivesItsLogitsAndTokens(Route route) {
    Adapter adapter = MODEL.adapter(Goldens.RESOURCES.resolve("adapter"));
    MixPlan mix = MixPlan.of(adapter, 1).route(route);
    Goldens.assertClose(
        Goldens.tensor(ADAPTED, "logits").doubles(), TinyLogits.of(MODEL, mix).doubles(), 1e-5);
    assertTokens(ADAPTED, "greedy", MODEL.transcribe(Goldens.sounds(), ENGLISH.mix(mix)));
  }

  /** Its names, numbers and scale; no task, as PEFT's classes for those take token ids. */
  @Test
  void anAdapterIsWrittenAsPeftWroteIt() throws IOException {
    Path theirs = Goldens.RESOURCES.resolve("adapter");
    Path ours = folder.resolve("ours");
    WriteOptions options = WriteOptions.EXACT.madeFor(MODEL.base().use());
    AdapterOutput.write(
        MODEL.adapter(theirs), MODEL.base().family(), AdapterWriters.named("peft"), options, ours);
    String file = "adapter_model.safetensors";
    try (TensorStore expected = TensorStore.open(theirs.resolve(file));
        TensorStore found = TensorStore.open(ours.resolve(file))) {
      assertEquals(expected.tensors().keySet(), found.tensors().keySet());
      expected.tensors().keySet().forEach(n -> assertEquals(expected.read(n), found.read(n), n));
    }
    ConfigFile written = ConfigFile.read(ours.resolve("adapter_config.json"));
    assertFalse(written.has("task_type"));
    assertEquals(4, written.integer("r"));
    assertEquals(6, written.integer("lora_alpha"));
  }

  @Test
  void aModelOfSpeechTakesNoTexts() {
    ModelException refused =
        assertThrows(ModelException.class, () -> LanguageModel.open(LORA, Goldens.TINY));
    assertTrue(String.valueOf(refused.getMessage()).contains("reads no texts"));
    assertThrows(
        ModelException.class,
        () ->
            LanguageModel.openForFeatures(
                LORA.engine().scope("text"),
                Goldens.RESOURCES.resolve("../../../../../lora-text/src/test/resources/models/t5"),
                TextLoadOptions.in(DType.F32)));
  }

  private static void assertTokens(String file, String name, List<Transcript> found) {
    for (int i = 0; i < found.size(); i++) {
      int[] all = Goldens.row(file, name, i);
      int[] expected = Arrays.stream(all).takeWhile(t -> t != END).toArray();
      int[] tokens =
          found.get(i).windows().get(0).tokens().stream()
              .mapToInt(t -> t)
              .takeWhile(t -> t != END)
              .toArray();
      assertArrayEquals(expected, tokens, name + ", recording " + i);
    }
  }
}
