package dev.lora4j.text.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real small LLaMA, whose greedy text was published with it (llama2.c, stories260K). */
@Tag("shared-data")
class StoriesTest {
  /** From the documentation of llama2.c: temperature 0, 256 steps. */
  private static final String PUBLISHED =
      """
      Once upon a time, there was a little girl named Lily. She loved to play outside in the park. \
      One day, she saw a big, red ball. She wanted to play with it, but it was too high.
      Lily's mom said, "Lily, let's go to the park." Lily was sad and didn't know what to do. She \
      said, "I want to play with your ball, but I can't find it."
      Lily was sad and didn't know what to do. She said, "I'm sorry, Lily. I didn't know what to \
      do."
      Lily didn't want to help her mom, so she""";

  @TempDir private Path temporary;

  private final SafetensorsWriter writer = new SafetensorsWriter();

  private static Path shared(String name) {
    Path file = Path.of(System.getProperty("lora4j.shared-data", ""), "models", name);
    assertTrue(Files.exists(file), "run with -Pshared-data");
    return file;
  }

  private void add(String name, float[] values, long... shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    writer.add(name, DType.F32, Shape.of(shape), bytes);
  }

  private static float[] take(FloatBuffer from, int count) {
    float[] values = new float[count];
    from.get(values);
    return values;
  }

  /** llama2.c turns neighbours, transformers' layout has the pairs' halves apart. */
  private static float[] apart(float[] rows, int heads, int width) {
    int out = rows.length / width;
    int head = out / heads;
    float[] moved = new float[rows.length];
    for (int row = 0; row < out; row++) {
      int within = row % head;
      int to = row - within + (within % 2) * (head / 2) + within / 2;
      System.arraycopy(rows, row * width, moved, to * width, width);
    }
    return moved;
  }

  private Path folder() throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(shared("stories260K.bin")))
            .order(ByteOrder.LITTLE_ENDIAN);
    int dim = file.getInt();
    int hidden = file.getInt();
    int layers = file.getInt();
    int heads = file.getInt();
    int kvHeads = file.getInt();
    int words = Math.abs(file.getInt());
    int longest = file.getInt();
    FloatBuffer weights = file.asFloatBuffer();
    int kv = dim / heads * kvHeads;
    add("model.embed_tokens.weight", take(weights, words * dim), words, dim);
    each(layers, "input_layernorm", weights, dim, new long[] {dim}, 0, dim);
    each(layers, "self_attn.q_proj", weights, dim * dim, new long[] {dim, dim}, heads, dim);
    each(layers, "self_attn.k_proj", weights, kv * dim, new long[] {kv, dim}, kvHeads, dim);
    each(layers, "self_attn.v_proj", weights, kv * dim, new long[] {kv, dim}, 0, dim);
    each(layers, "self_attn.o_proj", weights, dim * dim, new long[] {dim, dim}, 0, dim);
    each(layers, "post_attention_layernorm", weights, dim, new long[] {dim}, 0, dim);
    each(layers, "mlp.gate_proj", weights, hidden * dim, new long[] {hidden, dim}, 0, dim);
    each(layers, "mlp.down_proj", weights, hidden * dim, new long[] {dim, hidden}, 0, dim);
    each(layers, "mlp.up_proj", weights, hidden * dim, new long[] {hidden, dim}, 0, dim);
    add("model.norm.weight", take(weights, dim), dim);
    writer.write(temporary.resolve("model.safetensors"));
    Files.writeString(
        temporary.resolve("config.json"),
        """
        {"model_type": "llama", "hidden_size": %d, "intermediate_size": %d,
         "num_hidden_layers": %d, "num_attention_heads": %d, "num_key_value_heads": %d,
         "vocab_size": %d, "max_position_embeddings": %d, "rms_norm_eps": 1e-5,
         "hidden_act": "silu", "tie_word_embeddings": true}
        """
            .formatted(dim, hidden, layers, heads, kvHeads, words, longest));
    Files.copy(shared("tok512.model"), temporary.resolve("tokenizer.model"));
    Files.writeString(
        temporary.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"LlamaTokenizer\", \"add_bos_token\": true}");
    return temporary;
  }

  private void each(
      int layers, String name, FloatBuffer from, int count, long[] shape, int heads, int width) {
    for (int layer = 0; layer < layers; layer++) {
      float[] values = take(from, count);
      add(
          "model.layers." + layer + "." + name + ".weight",
          heads > 0 ? apart(values, heads, width) : values,
          shape);
    }
  }

  @Test
  void theGreedyTextIsThePublishedOne() throws IOException {
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        LanguageModel model = LanguageModel.open(lora, folder())) {
      Completion story = model.generate(TextPrompt.of("").tokens(256));
      assertEquals(PUBLISHED, story.text().strip().substring(0, PUBLISHED.length()));
    }
  }
}
