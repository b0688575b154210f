/** Adapters for Stable Diffusion: base models, image generation and style training. */
module dev.lora4j.diffusion {
  requires transitive dev.lora4j.core;
  requires transitive java.desktop;
  requires ai.djl.api;
  requires ai.djl.tokenizers;
  requires com.google.gson;
  requires transitive org.tomlj;
  requires org.apache.commons.compress;
  requires org.snakeyaml.engine;
  requires static org.apiguardian.api;
  requires static org.jspecify;

  exports dev.lora4j.diffusion.autoencoder;
  exports dev.lora4j.diffusion.base;
  exports dev.lora4j.diffusion.clip;
  exports dev.lora4j.diffusion.dataset;
  exports dev.lora4j.diffusion.dataset.archive;
  exports dev.lora4j.diffusion.dataset.bucket;
  exports dev.lora4j.diffusion.dataset.cache;
  exports dev.lora4j.diffusion.dataset.caption;
  exports dev.lora4j.diffusion.dataset.image;
  exports dev.lora4j.diffusion.dataset.source;
  exports dev.lora4j.diffusion.denoiser;
  exports dev.lora4j.diffusion.family;
  exports dev.lora4j.diffusion.family.stablediffusion;
  exports dev.lora4j.diffusion.evaluation;
  exports dev.lora4j.diffusion.judge;
  exports dev.lora4j.diffusion.conditioning;
  exports dev.lora4j.diffusion.consistency;
  exports dev.lora4j.diffusion.latent;
  exports dev.lora4j.diffusion.pipeline;
  exports dev.lora4j.diffusion.preference;
  exports dev.lora4j.diffusion.record;
  exports dev.lora4j.diffusion.request;
  exports dev.lora4j.diffusion.config;
  exports dev.lora4j.diffusion.config.aitoolkit;
  exports dev.lora4j.diffusion.config.kohya;
  exports dev.lora4j.diffusion.sampling;
  exports dev.lora4j.diffusion.slider;
  exports dev.lora4j.diffusion.style;
  exports dev.lora4j.diffusion.train;
  exports dev.lora4j.diffusion.train.objective;
  exports dev.lora4j.diffusion.unet;
  exports dev.lora4j.diffusion.vae;

  // Extensions alone, which are found by name.
  exports dev.lora4j.diffusion.family.flux to
      dev.lora4j.spi;
  exports dev.lora4j.diffusion.family.sd3 to
      dev.lora4j.spi;
}
