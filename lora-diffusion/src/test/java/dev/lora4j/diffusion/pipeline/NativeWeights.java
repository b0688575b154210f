package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.diffusion.base.TextEncoder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;

/** The weights of a base in the memory that the networks see, which need not be the files'. */
final class NativeWeights {
  private NativeWeights() {}

  /** SHA-256 over the bytes of all weights of all networks, in the order of their names. */
  static String hash(StableDiffusion sd) {
    Path folder = sd.base().path();
    MessageDigest digest = sha256();
    add(
        digest,
        folder.resolve("unet/diffusion_pytorch_model.safetensors"),
        sd.base().denoiserWeights());
    add(digest, folder.resolve("vae/diffusion_pytorch_model.safetensors"), sd.base().vaeWeights());
    for (TextEncoder encoder : sd.base().textEncoders()) {
      add(digest, folder.resolve(encoder.model() + "/model.safetensors"), encoder.weights());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, Path names, WeightStore weights) {
    try (Safetensors file = Safetensors.open(names)) {
      new TreeSet<>(file.tensors().keySet())
          .forEach(name -> digest.update(weights.tensor(name).bytes()));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
