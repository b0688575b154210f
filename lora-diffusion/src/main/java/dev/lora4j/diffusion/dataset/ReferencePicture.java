package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.bucket.BucketFit;
import java.nio.file.Path;

/**
 * A picture that the denoiser sees beside one that is trained on.
 *
 * @param file where it is
 * @param sha256 hash of the file's bytes, in hexadecimal
 * @param fit its fit into the bucket of the picture that is trained on
 */
public record ReferencePicture(Path file, String sha256, BucketFit fit) {}
