/** Adapters for language models: base models, text generation and training. */
module dev.lora4j.text {
  requires transitive dev.lora4j.core;
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires com.google.gson;
  requires java.net.http;
  requires static org.apiguardian.api;
  requires static org.jspecify;

  exports dev.lora4j.text.align;
  exports dev.lora4j.text.chat;
  exports dev.lora4j.text.data;
  exports dev.lora4j.text.encode;
  exports dev.lora4j.text.evaluate;
  exports dev.lora4j.text.generate;
  exports dev.lora4j.text.llama;
  exports dev.lora4j.text.model;
  exports dev.lora4j.text.network;
  exports dev.lora4j.text.pipeline;
  exports dev.lora4j.text.token;
  exports dev.lora4j.text.train;

  // Extensions alone, which are found by name.
  exports dev.lora4j.text.align.loss to
      dev.lora4j.spi;
  exports dev.lora4j.text.align.policy to
      dev.lora4j.spi;
  exports dev.lora4j.text.align.reward to
      dev.lora4j.spi;
  exports dev.lora4j.text.align.unpaired to
      dev.lora4j.spi;
  exports dev.lora4j.text.bert to
      dev.lora4j.spi;
  exports dev.lora4j.text.gemma to
      dev.lora4j.spi;
  exports dev.lora4j.text.gpt2 to
      dev.lora4j.spi;
  exports dev.lora4j.text.gptneox to
      dev.lora4j.spi;
  exports dev.lora4j.text.olmo to
      dev.lora4j.spi;
  exports dev.lora4j.text.opt to
      dev.lora4j.spi;
  exports dev.lora4j.text.phi3 to
      dev.lora4j.spi;
  exports dev.lora4j.text.starcoder2 to
      dev.lora4j.spi;
  exports dev.lora4j.text.t5 to
      dev.lora4j.spi;
}
