package dev.lora4j.server.metrics;

import static java.util.stream.Collectors.joining;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Metrics of one server. Names that begin with {@code vllm:} are those of vLLM, so that dashboards
 * and routers made for it read them; pictures have names of their own.
 */
public final class ServerMetrics {
  /** The media type of {@link #text}. */
  public static final String MEDIA_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private static final double[] LATENCIES = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80, 160, 640
  };
  private static final double[] TOKENS = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000
  };

  private static final String MODEL = "model_name";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Gauge running = gauge("vllm:num_requests_running", "Requests in the batch.");
  private final Counter finished =
      Counter.builder()
          .name("vllm:request_success")
          .help("Requests that ended, by reason: stop, length, abort.")
          .labelNames(MODEL, "finished_reason")
          .register(registry);
  private final Counter promptTokens = counter("vllm:prompt_tokens", "Tokens of prompts.");
  private final Counter generatedTokens = counter("vllm:generation_tokens", "Generated tokens.");
  private final Histogram firstToken =
      histogram("vllm:time_to_first_token_seconds", "From arrival to the first token.", LATENCIES);
  private final Histogram whole =
      histogram("vllm:e2e_request_latency_seconds", "From arrival to the end.", LATENCIES);
  private final Histogram waited =
      histogram("vllm:request_queue_time_seconds", "From arrival to the batch.", LATENCIES);
  private final Histogram promptLength =
      histogram("vllm:request_prompt_tokens", "Tokens of the prompt of a request.", TOKENS);
  private final Histogram textLength =
      histogram("vllm:request_generation_tokens", "Generated tokens of a request.", TOKENS);
  private final Counter pictures = counter("lora4j_pictures", "Pictures that were made.");
  private final Counter steps = counter("lora4j_picture_steps", "Steps of pictures.");
  private final Counter refused =
      Counter.builder()
          .name("lora4j_refused_requests")
          .help("Requests that found the queue full.")
          .labelNames(MODEL)
          .register(registry);

  private Gauge gauge(String name, String help) {
    return Gauge.builder().name(name).help(help).labelNames(MODEL).register(registry);
  }

  private Counter counter(String name, String help) {
    return Counter.builder().name(name).help(help).labelNames(MODEL).register(registry);
  }

  private Histogram histogram(String name, String help, double[] bounds) {
    return Histogram.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }

  /** Adds numbers by model that are asked for when metrics are read. */
  public void gauge(String name, String help, Supplier<Map<String, Double>> values) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .callback(out -> values.get().forEach((model, value) -> out.call(value, model)))
        .register(registry);
  }

  /** Adds counts by model that are asked for when metrics are read. */
  public void counts(String name, String help, Supplier<Map<String, Double>> values) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames(MODEL)
        .callback(out -> values.get().forEach((model, value) -> out.call(value, model)))
        .register(registry);
  }

  /**
   * Adds vLLM's account of adapters: a gauge whose value is the time and whose labels list them.
   *
   * @param most how many may be in the batches at once
   * @param running those of requests in a batch
   * @param waiting those of requests in a queue
   */
  public void adapters(int most, Supplier<Set<String>> running, Supplier<Set<String>> waiting) {
    GaugeWithCallback.builder()
        .name("vllm:lora_requests_info")
        .help("Adapters of running and waiting requests; the value is the time in seconds.")
        .labelNames("max_lora", "running_lora_adapters", "waiting_lora_adapters")
        .callback(
            out ->
                out.call(
                    System.currentTimeMillis() / 1000.0,
                    Integer.toString(most),
                    names(running.get()),
                    names(waiting.get())))
        .register(registry);
  }

  private static String names(Set<String> adapters) {
    return adapters.stream().filter(name -> !name.isEmpty()).sorted().collect(joining(","));
  }

  /** Requests of a model have joined its batch, or left it where {@code count} is negative. */
  public void running(String model, int count) {
    running.labelValues(model).inc(count);
  }

  /** A request has waited so long before its batch. */
  public void waited(String model, double seconds) {
    waited.labelValues(model).observe(seconds);
  }

  /** The first token of a request has come. */
  public void firstToken(String model, double seconds) {
    firstToken.labelValues(model).observe(seconds);
  }

  /**
   * A text has ended.
   *
   * @param reason stop, length or abort
   */
  public void text(String model, String reason, int prompt, int generated, double seconds) {
    finished.labelValues(model, reason).inc();
    promptTokens.labelValues(model).inc(prompt);
    generatedTokens.labelValues(model).inc(generated);
    promptLength.labelValues(model).observe(prompt);
    textLength.labelValues(model).observe(generated);
    whole.labelValues(model).observe(seconds);
  }

  /**
   * A picture has ended.
   *
   * @param reason stop or abort
   */
  public void picture(String model, String reason, int stepCount, double seconds) {
    finished.labelValues(model, reason).inc();
    whole.labelValues(model).observe(seconds);
    if (reason.equals("stop")) {
      pictures.labelValues(model).inc();
      steps.labelValues(model).inc(stepCount);
    }
  }

  /** A request was refused, as the queue was full. */
  public void refused(String model) {
    refused.labelValues(model).inc();
  }

  /** All metrics in Prometheus' text format. */
  public byte[] text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
