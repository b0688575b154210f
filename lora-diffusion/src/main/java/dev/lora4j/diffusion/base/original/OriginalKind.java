package dev.lora4j.diffusion.base.original;

/** The kinds of Stable Diffusion, by how their files of first publication are laid out. */
public enum OriginalKind {
  /** Stable Diffusion 1: one text encoder, OpenAI's CLIP. */
  SD1("Stable Diffusion 1", 0.18215, 64),
  /** Stable Diffusion 2: one text encoder, OpenCLIP's. */
  SD2("Stable Diffusion 2", 0.18215, 64),
  /** Stable Diffusion XL: one of each, and a denoiser with size conditioning. */
  XL("Stable Diffusion XL", 0.13025, 128);

  private final String title;
  private final double scalingFactor;
  private final int sampleSize;

  OriginalKind(String title, double scalingFactor, int sampleSize) {
    this.title = title;
    this.scalingFactor = scalingFactor;
    this.sampleSize = sampleSize;
  }

  /** Common name of the kind. */
  public String title() {
    return title;
  }

  /** Factor of the latents before the denoiser. */
  double scalingFactor() {
    return scalingFactor;
  }

  /** Height and width of the latents that it was trained on, predicting the noise. */
  int sampleSize() {
    return sampleSize;
  }
}
