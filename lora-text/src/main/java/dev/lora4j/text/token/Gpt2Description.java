package dev.lora4j.text.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;

/**
 * GPT-2's byte-level BPE, {@code vocab.json} and {@code merges.txt}, as a {@code tokenizer.json}.
 */
final class Gpt2Description {
  private Gpt2Description() {}

  static JsonObject of(Path vocabulary, Path merges, TokenizerSettings settings)
      throws IOException {
    JsonObject vocab = JsonFiles.object(vocabulary);
    JsonObject split = byteLevel(settings.flag("add_prefix_space").orElse(false), true, true);
    JsonArray added = new JsonArray();
    settings.names().values().stream()
        .distinct()
        .filter(vocab::has)
        .forEach(token -> added.add(AddedToken.special(vocab.get(token).getAsInt(), token).json()));
    return of(vocab, merges(merges, vocab), added, split);
  }

  /**
   * A byte-level BPE.
   *
   * @param vocab ids by token
   * @param merges pairs of tokens, the first to be merged first
   * @param added tokens that are found in texts before they are divided
   * @param split the division of texts
   */
  static JsonObject of(JsonObject vocab, JsonArray merges, JsonArray added, JsonObject split) {
    JsonObject bpe = JsonFiles.typed("BPE");
    bpe.addProperty("continuing_subword_prefix", "");
    bpe.addProperty("end_of_word_suffix", "");
    bpe.addProperty("fuse_unk", false);
    bpe.add("vocab", vocab);
    bpe.add("merges", merges);
    JsonObject json = new JsonObject();
    json.addProperty("version", "1.0");
    json.add("added_tokens", added);
    json.add("pre_tokenizer", split);
    json.add("post_processor", byteLevel(true, false, true));
    json.add("decoder", byteLevel(true, true, true));
    json.add("model", bpe);
    return json;
  }

  static JsonObject byteLevel(boolean prefixSpace, boolean trim, boolean regex) {
    JsonObject step = JsonFiles.typed("ByteLevel");
    step.addProperty("add_prefix_space", prefixSpace);
    step.addProperty("trim_offsets", trim);
    step.addProperty("use_regex", regex);
    return step;
  }

  private static JsonArray merges(Path file, JsonObject vocab) throws IOException {
    List<String> lines;
    try {
      lines = RegularFile.lines(file, RegularFile.VOCABULARY);
    } catch (CharacterCodingException e) {
      throw new TokenizerException(file, "is not UTF-8.", e);
    }
    JsonArray merges = new JsonArray();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isEmpty() || (i == 0 && line.startsWith("#version"))) {
        continue;
      }
      String[] parts = line.split(" ", -1);
      if (parts.length != 2 || !vocab.has(parts[0] + parts[1])) {
        throw new TokenizerException(
            file,
            "has in line %d no two tokens that make one of the vocabulary: '%s'."
                .formatted(i + 1, line));
      }
      JsonArray pair = new JsonArray();
      pair.add(parts[0]);
      pair.add(parts[1]);
      merges.add(pair);
    }
    return merges;
  }
}
