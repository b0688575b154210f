package dev.lora4j.text.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.text.token.SpecialTokens.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tokeniser as it lies in a folder, or in a GGUF file.
 *
 * @param description a {@code tokenizer.json}, made up where the folder has other files
 * @param ids the whole vocabulary
 * @param special what its special tokens are
 * @param settings what lies beside it
 */
record TokenizerFiles(
    JsonObject description,
    Map<String, Integer> ids,
    SpecialTokens special,
    TokenizerSettings settings) {

  /** Names of a model of SentencePiece in folders of LLaMA, T5 and others. */
  private static final List<String> PIECES =
      List.of("tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "spm.model");

  /**
   * Reads a folder, or a GGUF file.
   *
   * @throws TokenizerException if it holds none, or a damaged one
   */
  static TokenizerFiles read(Path folder) throws IOException {
    if (GgufFile.named(folder) && !Files.isDirectory(folder)) {
      GgufTokenizer tokenizer = GgufTokenizer.read(folder);
      return of(folder, tokenizer.description(), tokenizer.settings(), folder, Map.of());
    }
    TokenizerSettings settings = TokenizerSettings.read(folder);
    Optional<Path> pieces = PIECES.stream().map(folder::resolve).filter(Files::exists).findFirst();
    Path json = folder.resolve("tokenizer.json");
    Path vocabulary = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    if (Files.exists(json)) {
      return of(json, JsonFiles.object(json), settings, folder, Map.of());
    }
    if (pieces.isPresent()) {
      Path file = pieces.get();
      requireKnown(file, kind(folder, file, settings));
      SentencePieceModel model = SentencePieceModel.read(file);
      Map<String, String> names = new LinkedHashMap<>();
      names.put("bos_token", "<s>");
      names.put("eos_token", "</s>");
      names.put("pad_token", "<pad>");
      names.put("unk_token", "<unk>");
      try {
        JsonObject description = SentencePieceDescription.of(model, settings);
        return of(file, description, settings, folder, names);
      } catch (IllegalArgumentException e) {
        throw e instanceof TokenizerException known
            ? known
            : new TokenizerException(file, "cannot be used: " + e.getMessage(), e);
      }
    }
    if (Files.exists(vocabulary) && Files.exists(merges)) {
      Map<String, String> names = new LinkedHashMap<>();
      names.put("bos_token", "<|endoftext|>");
      names.put("eos_token", "<|endoftext|>");
      JsonObject description = Gpt2Description.of(vocabulary, merges, settings);
      return of(vocabulary, description, settings, folder, names);
    }
    throw new TokenizerException(
        folder,
        "holds no tokeniser: neither tokenizer.json, nor tokenizer.model or spiece.model, nor"
            + " vocab.json with merges.txt.");
  }

  /** Other classes than these divide texts in ways of their own before SentencePiece does. */
  private static void requireKnown(Path file, String kind) {
    boolean known =
        List.of("", "LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer", "T5Tokenizer")
            .contains(kind);
    if (!known) {
      throw new TokenizerException(
          file,
          "is used by a "
              + kind
              + ", which does more than SentencePiece. Save the tokeniser as tokenizer.json.");
    }
  }

  /** The class in transformers; that of ALBERT and DeBERTa, whose folders may not name it. */
  private static String kind(Path folder, Path file, TokenizerSettings settings)
      throws IOException {
    JsonElement model = JsonFiles.objectOrEmpty(folder.resolve("config.json")).get("model_type");
    if (!settings.kind().isEmpty()) {
      return settings.kind();
    }
    if (file.endsWith("spm.model")) {
      return "DebertaV2Tokenizer";
    }
    return new JsonPrimitive("albert").equals(model) ? "AlbertTokenizer" : "";
  }

  private static TokenizerFiles of(
      Path file,
      JsonObject json,
      TokenizerSettings settings,
      Path folder,
      Map<String, String> usual)
      throws IOException {
    try {
      Map<String, Integer> ids = ids(json);
      addTokens(json, ids, settings.added());
      Map<String, String> names = names(settings, usual, json, ids, folder);
      SpecialTokens special = special(names, ids, settings, folder);
      List<AddedToken> whole = new ArrayList<>();
      names
          .values()
          .forEach(
              text -> {
                Integer id = ids.get(text);
                if (id != null) {
                  whole.add(AddedToken.special(id, text));
                }
              });
      addTokens(json, ids, whole);
      surround(json, special, settings, usual);
      json.remove("truncation");
      json.remove("padding");
      return new TokenizerFiles(json, Map.copyOf(ids), special, settings);
    } catch (IllegalStateException
        | ClassCastException
        | NullPointerException
        | UnsupportedOperationException
        | NumberFormatException e) {
      throw new TokenizerException(file, "describes no tokeniser: " + e.getMessage(), e);
    }
  }

  private static Map<String, Integer> ids(JsonObject json) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    JsonElement vocab = json.getAsJsonObject("model").get("vocab");
    if (vocab instanceof JsonArray scored) {
      for (int id = 0; id < scored.size(); id++) {
        ids.put(scored.get(id).getAsJsonArray().get(0).getAsString(), id);
      }
    } else {
      vocab.getAsJsonObject().entrySet().forEach(e -> ids.put(e.getKey(), e.getValue().getAsInt()));
    }
    if (json.get("added_tokens") instanceof JsonArray added) {
      for (JsonElement token : added) {
        JsonObject fields = token.getAsJsonObject();
        ids.put(fields.get("content").getAsString(), fields.get("id").getAsInt());
      }
    } else {
      json.add("added_tokens", new JsonArray());
    }
    return ids;
  }

  /** Adds those that the description lacks. */
  private static void addTokens(
      JsonObject json, Map<String, Integer> ids, List<AddedToken> tokens) {
    JsonArray added = json.getAsJsonArray("added_tokens");
    List<String> there = new ArrayList<>();
    added.forEach(token -> there.add(token.getAsJsonObject().get("content").getAsString()));
    tokens.stream()
        .sorted((a, b) -> Integer.compare(a.id(), b.id()))
        .filter(token -> !there.contains(token.content()))
        .forEach(
            token -> {
              there.add(token.content());
              added.add(token.json());
              ids.put(token.content(), token.id());
            });
  }

  /** Text of each special token: by the settings, else the usual ones, else by the model's ids. */
  private static Map<String, String> names(
      TokenizerSettings settings,
      Map<String, String> usual,
      JsonObject json,
      Map<String, Integer> ids,
      Path folder)
      throws IOException {
    Map<String, String> names = new LinkedHashMap<>(usual);
    JsonElement kind = json.getAsJsonObject("model").get("type");
    if (kind instanceof JsonPrimitive text && text.getAsString().equals("WordPiece")) {
      names.put("cls_token", "[CLS]");
      names.put("sep_token", "[SEP]");
      names.put("pad_token", "[PAD]");
      names.put("unk_token", "[UNK]");
      names.put("mask_token", "[MASK]");
    }
    for (String file : List.of("config.json", "generation_config.json")) { // the latter wins
      JsonObject model = JsonFiles.objectOrEmpty(folder.resolve(file));
      for (String key : List.of("bos_token", "eos_token", "pad_token")) {
        if (model.get(key + "_id") instanceof JsonPrimitive id) {
          ids.entrySet().stream()
              .filter(entry -> entry.getValue() == id.getAsInt())
              .findFirst()
              .ifPresent(entry -> names.put(key, entry.getKey()));
        }
      }
    }
    names.putAll(settings.names());
    return names;
  }

  private static SpecialTokens special(
      Map<String, String> names, Map<String, Integer> ids, TokenizerSettings settings, Path folder)
      throws IOException {
    Map<String, Token> tokens = new LinkedHashMap<>();
    names.forEach(
        (key, text) -> {
          Integer id = ids.get(text);
          if (id != null) {
            tokens.put(key, new Token(id, text));
          }
        });
    Optional<Token> end = Optional.ofNullable(tokens.get("eos_token"));
    List<Integer> ends = new ArrayList<>(settings.ends());
    if (ends.isEmpty()) {
      JsonObject model = JsonFiles.objectOrEmpty(folder.resolve("config.json"));
      ends.addAll(TokenizerSettings.ends(model.get("eos_token_id")));
    }
    end.map(Token::id).filter(id -> !ends.contains(id)).ifPresent(id -> ends.add(0, id));
    return new SpecialTokens(
        Optional.ofNullable(tokens.get("bos_token")),
        end,
        Optional.ofNullable(tokens.get("pad_token")),
        Optional.ofNullable(tokens.get("unk_token")),
        Optional.ofNullable(tokens.get("cls_token")),
        Optional.ofNullable(tokens.get("sep_token")),
        Optional.ofNullable(tokens.get("mask_token")),
        ends);
  }

  /**
   * Sets the tokens around a text by {@code add_bos_token} and {@code add_eos_token}; LLaMA's
   * begins a text by default. Without them the description decides.
   */
  private static void surround(
      JsonObject json,
      SpecialTokens special,
      TokenizerSettings settings,
      Map<String, String> usual) {
    boolean llama =
        !usual.isEmpty()
            && usual.containsKey("unk_token")
            && json.get("post_processor") == null
            && json.getAsJsonObject("model").get("type").getAsString().equals("BPE");
    Optional<Boolean> begins = settings.flag("add_bos_token");
    Optional<Boolean> ends = settings.flag("add_eos_token");
    if (begins.isEmpty() && ends.isEmpty() && !llama) {
      return;
    }
    boolean begin = begins.orElse(llama);
    boolean end = ends.orElse(false);
    PostProcessor.set(
        json,
        begin ? special.begin().stream().toList() : List.of(),
        end ? special.end().stream().toList() : List.of());
  }
}
