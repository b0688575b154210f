package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Prediction type of a denoiser, inferred from its file. A file need not have it, and no shape
 * shows it; the signs count in this order:
 *
 * <ol>
 *   <li>ModelSpec's {@code prediction_type} or {@code architecture} in the header;
 *   <li>the keys {@code v_pred} and {@code ztsnr};
 *   <li>for Stable Diffusion 2, {@code global_step}, from which diffusers knows the published
 *       files;
 *   <li>for Stable Diffusion 2 that fills no masks, the spread of one bias, as in ComfyUI: more
 *       than 0.09 in networks that predict the velocity;
 *   <li>the noise.
 * </ol>
 *
 * @param because the sign, for people
 */
public record InferredPrediction(Prediction prediction, boolean zeroTerminalSnr, String because) {
  private static final double SPREAD = 0.09;
  private static final long STEPS_OF_BASE = 875_000;
  private static final String STEP = "global_step";

  /**
   * Reads the signs.
   *
   * @param said the header's metadata
   * @param bias the bias whose spread counts; none for networks that fill masks
   */
  static InferredPrediction of(
      StoredTensors store, Metadata said, OriginalKind kind, Optional<String> bias) {
    boolean rescaled = store.tensors().containsKey("ztsnr");
    Optional<Prediction> spec =
        said.get(ModelSpecKeys.PREDICTION).flatMap(InferredPrediction::named);
    if (spec.isPresent()) {
      return new InferredPrediction(spec.get(), rescaled, "its header says so");
    }
    if (said.get(ModelSpecKeys.ARCHITECTURE)
        .filter(a -> a.matches(".*-v2-768-v\\b.*"))
        .isPresent()) {
      return new InferredPrediction(Prediction.V_PREDICTION, rescaled, "its header says so");
    }
    if (store.tensors().containsKey("v_pred")) {
      return new InferredPrediction(Prediction.V_PREDICTION, rescaled, "it has the key v_pred");
    }
    if (kind != OriginalKind.SD2) {
      return new InferredPrediction(Prediction.EPSILON, rescaled, "it says nothing else");
    }
    Optional<HostTensor> step = numbers(store, STEP);
    if (step.isPresent()) {
      boolean base = Arrays.stream(step.get().doubles()).allMatch(s -> s == STEPS_OF_BASE);
      return new InferredPrediction(
          base ? Prediction.EPSILON : Prediction.V_PREDICTION, rescaled, "of its " + STEP);
    }
    Optional<HostTensor> spreading = bias.flatMap(name -> numbers(store, name));
    if (spreading.isPresent()) {
      double spread = deviation(spreading.get().doubles());
      return new InferredPrediction(
          spread > SPREAD ? Prediction.V_PREDICTION : Prediction.EPSILON,
          rescaled,
          String.format(
              Locale.ROOT,
              "the numbers of one bias deviate by %.3f, a sign that may fail",
              spread));
    }
    return new InferredPrediction(Prediction.EPSILON, rescaled, "it says nothing else");
  }

  private static Optional<Prediction> named(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "epsilon", "eps" -> Optional.of(Prediction.EPSILON);
      case "v", "v_prediction", "v-prediction" -> Optional.of(Prediction.V_PREDICTION);
      default -> Optional.empty();
    };
  }

  private static Optional<HostTensor> numbers(StoredTensors store, String name) {
    return Optional.ofNullable(store.tensors().get(name))
        .filter(
            t ->
                switch (t.dtype()) {
                  case F16, BF16, F32, I64 -> true;
                  default -> false;
                })
        .filter(t -> !store.encoded(name))
        .map(t -> numbers(store, t));
  }

  private static HostTensor numbers(StoredTensors store, TensorInfo info) {
    byte[] bytes = new byte[Math.toIntExact(info.length())];
    store.read(info.name(), 0, ByteBuffer.wrap(bytes));
    return HostTensor.owning(info.dtype(), info.shape(), bytes);
  }

  private static double deviation(double... values) {
    double mean = Arrays.stream(values).average().orElse(0);
    return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0));
  }
}
