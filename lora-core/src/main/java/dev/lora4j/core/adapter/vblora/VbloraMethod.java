package dev.lora4j.core.adapter.vblora;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.SharingMethod;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * VB-LoRA (Li et al. 2024) on linear layers: a LoRA whose rows and columns are put together of
 * pieces, each a weighted mean of few vectors of {@code vblora_vector_bank} [n, length], which a
 * file has once for all layers. The weights are the softmax of the greatest of {@code
 * vblora_logits_A} [rank, in / length, n] and {@code vblora_logits_B} [out / length, rank, n], or
 * are in the file as {@code _topk_indices} and {@code _topk_weights}, which lack the last one.
 *
 * <p>Factors that are read are those of the LoRA, in F32, so that there are none of this method.
 */
@Extension(
    point = AdapterMethod.class,
    name = VbloraMethod.NAME,
    help = "VB-LoRA: a LoRA made of vectors of one bank; read as LoRA")
public final class VbloraMethod implements AdditiveMethod, SharingMethod {
  /** Its name. */
  public static final String NAME = "vblora";

  /** Role of the vectors that all layers share. */
  public static final String BANK = "vblora_vector_bank";

  /** PEFT's field of the number of vectors in a mean. */
  public static final String COUNT = "topk";

  private static final String A = "vblora_logits_A";
  private static final String B = "vblora_logits_B";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR);
  }

  @Override
  public Set<String> roles() {
    return Set.of(
        BANK,
        A,
        B,
        A + VectorChoice.INDICES,
        A + VectorChoice.WEIGHTS,
        B + VectorChoice.INDICES,
        B + VectorChoice.WEIGHTS);
  }

  @Override
  public Set<String> integers() {
    return Set.of(A + VectorChoice.INDICES, B + VectorChoice.INDICES);
  }

  @Override
  public Set<String> shared() {
    return Set.of(BANK);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(A) || tensors.has(A + VectorChoice.INDICES);
  }

  /** There is no draw of the bank, which is trained. */
  @Override
  public SortedMap<String, HostTensor> drawn(List<SiteTensors> layers) {
    return new TreeMap<>();
  }

  @Override
  public Factors read(SiteTensors in) {
    Site site = in.site();
    VectorBank bank = VectorBank.of(in, BANK);
    long length = bank.length();
    if (site.in() % length != 0 || site.out() % length != 0) {
      throw in.wrong(BANK, "of vectors whose length divides inputs and outputs");
    }
    VectorChoice inputs = VectorChoice.of(in, A, bank.count());
    VectorChoice outputs = VectorChoice.of(in, B, bank.count());
    long rank = inputs.rows();
    inputs.require(in, rank, site.in() / length);
    outputs.require(in, site.out() / length, rank);
    Map<String, HostTensor> pair =
        Map.of(
            LoraMethod.DOWN, HostTensor.of(Shape.of(rank, site.in()), bank.rows(inputs)),
            LoraMethod.UP, HostTensor.of(Shape.of(site.out(), rank), bank.columns(outputs)));
    return Factors.of(LoraMethod.NAME, pair, Map.of(ALPHA, Double.toString((double) rank)));
  }

  @Override
  public double scale(FactorStructure factors) {
    return 1;
  }

  @Override
  public Expr delta(Site site, StagedFactors factors) {
    throw new AdapterException("Factors of VB-LoRA are read as those of LoRA.");
  }
}
