package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.latent.LatentEncoder;
import dev.lora4j.diffusion.latent.LatentPrograms;
import dev.lora4j.diffusion.latent.Pixels;
import dev.lora4j.diffusion.latent.Tiling.Planes;
import dev.lora4j.diffusion.request.PictureSizeRules;
import dev.lora4j.diffusion.request.Prompt;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Latents of the pictures that a denoiser sees beside the one that it makes. */
final class ReferenceLatents {
  private ReferenceLatents() {}

  /**
   * The mean latents of a prompt's references, as the denoiser takes them, for each row of its
   * batch: F32 [rows, channels, h, w] by the names of {@link StagedNetworks#reference}.
   *
   * @throws IllegalArgumentException if the base takes none, or not so many, or one is of a size
   *     that it cannot divide
   */
  static Map<String, Tensor> of(
      Scope scope, DiffusionModel base, LatentPrograms programs, Prompt prompt, int rows) {
    requireTaken(base, prompt);
    Map<String, Tensor> latents = new HashMap<>();
    LatentEncoder encoder = new LatentEncoder(scope, base, programs);
    for (int i = 0; i < prompt.references().size(); i++) {
      Picture picture = prompt.references().get(i).picture();
      PictureSizeRules.require(base.sizeUnit(), picture.width(), picture.height());
      Planes seen = new Planes(3, picture.height(), picture.width(), Pixels.values(picture));
      Planes moments = encoder.encode(seen);
      float[] mean = Arrays.copyOf(moments.values(), moments.values().length / 2);
      float[] row = Pixels.rows(mean, 1, base.vae()).get(0);
      float[] all = new float[rows * row.length];
      for (int r = 0; r < rows; r++) {
        System.arraycopy(row, 0, all, r * row.length, row.length);
      }
      Shape shape = Shape.of(rows, base.vae().latentChannels(), moments.height(), moments.width());
      latents.put(StagedNetworks.reference(i), Tensor.of(scope, shape, all));
    }
    return latents;
  }

  private static void requireTaken(DiffusionModel base, Prompt prompt) {
    int most = base.denoiser().mostReferences();
    int count = prompt.references().size();
    if (count > most) {
      throw new IllegalArgumentException(
          base.path()
              + (most == 0
                  ? " takes no reference pictures, as FLUX.1 and FLUX.2 do; leave them out, or"
                      + " begin with a picture instead (image-to-image)."
                  : " takes at most " + most + " reference pictures, found " + count + "."));
    }
    boolean regions = prompt.mix().parts().stream().anyMatch(p -> p.area().isPresent());
    if (count > 0 && regions) {
      throw new IllegalArgumentException(
          "Adapters in regions do not go with reference pictures; leave out one of them.");
    }
  }
}
