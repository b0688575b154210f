package dev.lora4j.cli.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tokenisers of few words, for models that have none. */
public final class Tokenizers {
  private Tokenizers() {}

  /** Copies a model without a tokeniser. */
  public static void copy(Path model, Path to) throws IOException {
    Files.createDirectories(to);
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(model.resolve(file), to.resolve(file));
    }
  }

  /** Three words, as BERT cuts them. */
  public static void words(Path model) throws IOException {
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
           "vocab": {"[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[UNK]": 3, "[MASK]": 4, "red": 5, "fox": 6, "blue": 7}}}
        """);
  }

  /** The letters, as T5 cuts them. */
  public static void letters(Path model) throws IOException {
    StringBuilder letters = new StringBuilder();
    "abcdefghijklmnopqrstuvwxyz"
        .chars()
        .forEach(letter -> letters.append(", [\"%c\", -2.0]".formatted(letter)));
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
         "added_tokens": [
           {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true},
           {"id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
         "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
         "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
           "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
           "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
         "decoder": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": true},
         "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": false,
           "vocab": [["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["\u2581", -1.0]%s]}}
        """
            .formatted(letters));
    Files.writeString(
        model.resolve("tokenizer_config.json"),
        "{\"tokenizer_class\": \"PreTrainedTokenizerFast\", \"eos_token\": \"</s>\", \"pad_token\":"
            + " \"<pad>\"}");
  }
}
