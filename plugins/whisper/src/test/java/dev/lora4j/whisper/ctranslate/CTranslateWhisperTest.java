package dev.lora4j.whisper.ctranslate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.whisper.Goldens;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.TinyLogits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny Whisper as CTranslate2's converter writes it ({@code ctranslate.py}). */
class CTranslateWhisperTest {
  private static final Path FILES = Goldens.RESOURCES.resolve("ctranslate");

  @TempDir private Path folder = Path.of("");

  /** A copy of a converted model, with the tokenizer of the tiny one. */
  private Path copy(String kind) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(kind));
    Files.copy(FILES.resolve(kind).resolve("model.bin"), copy.resolve("model.bin"));
    Files.copy(FILES.resolve(kind).resolve("config.json"), copy.resolve("config.json"));
    Files.copy(Goldens.TINY.resolve("tokenizer.json"), copy.resolve("tokenizer.json"));
    return copy;
  }

  @ParameterizedTest
  @ValueSource(strings = {"float16", "int8", "int16"})
  void logitsAreThoseOfItsNumbers(String kind) throws IOException {
    Path made = folder.resolve("made");
    CTranslateWhisper.write(copy(kind), made);
    try (Lora4j lora = Lora4j.open();
        SpeechModel model = SpeechModel.open(lora, made)) {
      Goldens.assertClose(
          Goldens.tensor("ctranslate/expected.safetensors", kind).doubles(),
          TinyLogits.of(model, MixPlan.NONE).doubles(),
          1e-5);
      assertEquals(256, model.tokens().ends().iterator().next());
      assertFalse(model.tokens().multilingual(), "so small a vocabulary is of English alone");
    }
  }

  @Test
  void aFolderOfCTranslateIsNoBaseBeforeItIsConverted() throws IOException {
    Path copy = copy("float16");
    assertTrue(CTranslateWhisper.in(copy));
    assertTrue(message(() -> SpeechModel.outline(copy)).contains("speech convert"));
  }

  @Test
  void damagedFilesAreRefusedByName() throws IOException {
    Path copy = copy("int8");
    byte[] whole = Files.readAllBytes(copy.resolve("model.bin"));
    refused(copy, Arrays.copyOf(whole, whole.length / 2), "ends in the middle");
    refused(copy, Arrays.copyOf(whole, 3), "ends in the middle");
    refused(copy, Arrays.copyOf(whole, whole.length + 1), "1 bytes follow its end");
    refused(copy, changed(whole, 0, 5), "version 6");
    refused(copy, changed(whole, 6, 'X'), "XhisperSpec");
    // The revision, behind the version and the name of 12 bytes.
    refused(copy, changed(whole, 18, 9), "revision 9");
    int name = find(whole, "decoder/activation");
    refused(copy, changed(whole, name + 20, 77), "is of type 77");
    refused(copy, changed(whole, name + 21, 77), "has 77 bytes for 1 elements");
    refused(copy, changed(whole, name + 25, 0), "decoder/activation is 0");
    refused(copy, changed(whole, name + 19, 200), "200 dimensions");
    refused(copy, changed(whole, name + 8, 'X'), "decoder/Xctivation");
    int scale = find(whole, "decoder/embeddings/weight_scale");
    refused(copy, changed(whole, scale + 30, 'X'), "without decoder/embeddings/weight_scale");
    int norm = find(whole, "encoder/layer_norm/gamma");
    refused(copy, changed(whole, norm, 'X'), "lacks the variable encoder/layer_norm/gamma");
    Files.delete(copy.resolve("tokenizer.json"));
    refused(copy, whole, "tokenizer.json");
  }

  private void refused(Path copy, byte[] bytes, String part) throws IOException {
    Files.write(copy.resolve("model.bin"), bytes);
    Path out = folder.resolve("out");
    String message = message(() -> CTranslateWhisper.write(copy, out));
    assertTrue(message.contains(part), message);
    assertFalse(Files.exists(out), "something was written");
  }

  private static String message(Runnable work) {
    return String.valueOf(assertThrows(ModelException.class, work::run).getMessage());
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    byte[] copy = bytes.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).put(at, (byte) value);
    return copy;
  }

  /** Begin of a name. */
  private static int find(byte[] bytes, String name) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = all.indexOf(name + "\0");
    assertTrue(at > 0, name);
    return at;
  }
}
