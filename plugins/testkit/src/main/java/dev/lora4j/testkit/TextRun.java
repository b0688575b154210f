package dev.lora4j.testkit;

import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.EncoderInputs;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A language model with weights of random numbers, run as its users run it. */
record TextRun(Engine engine, LanguageNetwork network) {
  /** Parameters of the network, but for weights that are those of other layers. */
  List<Parameter> parameters() {
    return parameters(SiteAdapters.NONE).stream()
        .filter(p -> !network.shared().containsKey(p.name()))
        .toList();
  }

  private List<Parameter> parameters(SiteAdapters adapters) {
    return Network.walk(
        TextModel.MODEL,
        DType.F32,
        (graph, weights) -> {
          network.walk(weights.apply(adapters), DType.F32);
          return List.of();
        });
  }

  /** Its layers. */
  List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    parameters(
        (site, x, y) -> {
          sites.add(site);
          return y;
        });
    return sites;
  }

  /** Weights of random numbers. */
  WeightStore weights(Scope scope, DType compute) {
    return SyntheticWeights.of(scope, parameters(), compute).sharing(network.shared());
  }

  /**
   * Outputs for rows, in F32: logits of each next token [rows, tokens, vocabulary]; of an encoder
   * vectors of the tokens [rows, tokens, width], then those of its pooler and its head, if it has
   * them.
   */
  List<HostTensor> of(TextRows rows, DType compute) {
    try (Scope scope = engine.scope("language model")) {
      return of(rows, compute, weights(scope, compute));
    }
  }

  /** The same with weights of one's own. */
  List<HostTensor> of(TextRows rows, DType compute, WeightStore weights) {
    return of(rows, compute, weights, Integer.MAX_VALUE);
  }

  /** The first of them, in F32. */
  HostTensor first(TextRows rows) {
    try (Scope scope = engine.scope("language model")) {
      return first(rows, weights(scope, DType.F32));
    }
  }

  /** The same with weights of one's own, which may lack what only the others need. */
  HostTensor first(TextRows rows, WeightStore weights) {
    return of(rows, DType.F32, weights, 1).get(0);
  }

  private List<HostTensor> of(TextRows rows, DType compute, WeightStore weights, int most) {
    try (Scope scope = engine.scope("language model")) {
      Network compiled =
          Network.compile(
              scope,
              TextModel.MODEL,
              compute,
              (graph, own) -> outputs(graph, own.apply(SiteAdapters.NONE), compute, most));
      return compiled.run(scope, weights, rows.data(scope, network)).stream()
          .map(HostTensor::of)
          .toList();
    }
  }

  /** The first of them, in F32, with adapters in all rows. */
  HostTensor with(MixPlan plan, TextRows rows) {
    try (Scope scope = engine.scope("adapted")) {
      WeightStore weights = weights(scope, DType.F32);
      int count = rows.ids().size();
      BatchMix mix =
          new BatchMix(
              Collections.nCopies(count, plan), new SiteCatalogue(sites()), TextModel.MODEL);
      MergedParameter patch = new MergedParameter(scope);
      Network compiled =
          Network.compile(
              scope,
              TextModel.MODEL,
              DType.F32,
              (graph, own) -> {
                SiteAdapters beside =
                    mix.unmergedSites().isEmpty()
                        ? SiteAdapters.NONE
                        : new UnmergedAdapters(mix.unmergedSites()).declare(graph);
                return outputs(graph, own.apply(beside), DType.F32, 1);
              });
      Map<String, Tensor> data = new HashMap<>(rows.data(scope, network));
      if (!mix.unmergedSites().isEmpty()) {
        float[] shares = mix.weights(Collections.nCopies(count, 0), 0, 1);
        data.put(
            UnmergedAdapters.WEIGHTS, Tensor.of(scope, Shape.of(count, mix.columns()), shares));
      }
      Map<String, Tensor> inside = mix.mergedSites(scope, patch, weights, 0).at(plan.at(0, 1));
      try (HeldInputs held = compiled.hold(scope, weights, inside, mix.factors(scope, patch))) {
        return HostTensor.of(compiled.run(scope, held, data).get(0));
      }
    }
  }

  private List<Expr> outputs(Graph graph, Weights at, DType compute, int most) {
    List<Expr> all = new ArrayList<>();
    if (network instanceof CausalNetwork causal) {
      Expr hidden = causal.hidden(at, TokenInputs.declare(graph), AttentionCache.WHOLE, compute);
      all.add(causal.logits(at, hidden));
    } else if (network instanceof Seq2SeqNetwork both) {
      Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
      Expr input = both.input().declare(graph);
      Expr present = graph.input(EncodedInputs.PRESENT, DType.I64, any);
      all.add(both.logits(at, both.whole(at, input, present, TokenInputs.declare(graph), compute)));
    } else if (network instanceof EncoderNetwork encoder) {
      EncoderInputs tokens = EncoderInputs.declare(graph);
      Expr hidden = encoder.hidden(at, tokens, compute);
      all.add(hidden);
      if (encoder.pooler() && most > 1) {
        all.add(encoder.pooled(at, hidden));
      }
      if (!encoder.labels().isEmpty() && most > 1) {
        all.add(encoder.logits(at, tokens, hidden));
      }
    }
    return all.stream().map(each -> each.to(DType.F32)).toList();
  }
}
