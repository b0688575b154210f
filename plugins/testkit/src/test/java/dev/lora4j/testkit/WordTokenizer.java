package dev.lora4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of a tokeniser with one token for each word, as transformers writes them. */
final class WordTokenizer {
  private WordTokenizer() {}

  /** Writes a tokeniser whose texts end in a token, as those of T5. */
  static void write(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {
          "version": "1.0",
          "added_tokens": [
            {"id": 0, "content": "<pad>", "special": true, "single_word": false, "lstrip": false,
             "rstrip": false, "normalized": false},
            {"id": 1, "content": "</s>", "special": true, "single_word": false, "lstrip": false,
             "rstrip": false, "normalized": false},
            {"id": 2, "content": "<unk>", "special": true, "single_word": false, "lstrip": false,
             "rstrip": false, "normalized": false}
          ],
          "pre_tokenizer": {"type": "Whitespace"},
          "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}
          },
          "model": {
            "type": "WordLevel",
            "unk_token": "<unk>",
            "vocab": {"<pad>": 0, "</s>": 1, "<unk>": 2, "a": 3, "fox": 4, "in": 5, "ink": 6,
                      "drawn": 7, ",": 8}
          }
        }
        """);
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>", "eos_token": "</s>",
         "unk_token": "<unk>", "model_max_length": 512}
        """);
  }
}
