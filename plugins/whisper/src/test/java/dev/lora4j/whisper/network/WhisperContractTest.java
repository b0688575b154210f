package dev.lora4j.whisper.network;

import dev.lora4j.testkit.TextFamilyContract;

/** The contract of families. */
class WhisperContractTest extends TextFamilyContract {
  WhisperContractTest() {
    super("whisper");
  }

  @Override
  protected String config() {
    return """
        {"architectures": ["WhisperForConditionalGeneration"], "model_type": "whisper",
         "vocab_size": 9, "num_mel_bins": 6, "d_model": 16, "max_source_positions": 5,
         "max_target_positions": 30, "encoder_layers": 2, "encoder_attention_heads": 2,
         "encoder_ffn_dim": 20, "decoder_layers": 2, "decoder_attention_heads": 4,
         "decoder_ffn_dim": 24, "activation_function": "gelu", "scale_embedding": true,
         "tie_word_embeddings": true, "decoder_start_token_id": 1}
        """;
  }
}
