//! From the parsed line to a snapshot.

use super::plan::{Plan, PlannedObject, address_at, explicit_address, source};
use crate::error::{Error, Result};
use crate::snapshot::{Address, Metadata, NewObject, NewRoot, ReferenceKind, Snapshot, SnapshotBuilder};
use std::collections::HashMap;

pub(super) fn build(mut plan: Plan) -> Result<Snapshot> {
    let mut labels = declared(&plan)?;
    let mentioned: Vec<String> = {
        let of_objects = plan.objects.iter().flat_map(|object| object.references.iter().map(|to| &to.target));
        of_objects.chain(plan.roots.iter().map(|root| &root.target)).cloned().collect()
    };
    for label in mentioned {
        if !labels.contains_key(&label) {
            labels.insert(label.clone(), plan.objects.len());
            plan.objects.push(PlannedObject::new(label));
        }
    }
    hold(&mut plan, &labels);

    // A label that spells out its address needs no position of its own.
    let named: Vec<String> = {
        let all = plan.objects.iter().map(|object| &object.label);
        all.filter(|label| explicit_address(label).is_none()).cloned().collect()
    };
    let mut addresses: HashMap<&str, Address> =
        named.iter().enumerate().map(|(position, label)| (label.as_str(), Address(address_at(position)))).collect();
    for object in &plan.objects {
        addresses.extend(explicit_address(&object.label).map(|address| (object.label.as_str(), Address(address))));
    }
    let metadata = Metadata { source: Some(source(&named)), ..Metadata::default() };
    add(&plan, &addresses)?.finish(metadata)
}

fn declared(plan: &Plan) -> Result<HashMap<String, usize>> {
    let mut labels = HashMap::new();
    for (position, object) in plan.objects.iter().enumerate() {
        if labels.insert(object.label.clone(), position).is_some() {
            return Err(Error::invalid(format!("the label {} is declared twice", object.label)));
        }
    }
    Ok(labels)
}

/// `<held> > a` without a refcount means one reference more than the rest explains; the builder makes the entry.
fn hold(plan: &mut Plan, labels: &HashMap<String, usize>) {
    let mut explained = vec![0u32; plan.objects.len()];
    let counted = plan.objects.iter().flat_map(|object| &object.references).filter(|to| to.tag.counted());
    counted.for_each(|to| explained[labels[&to.target]] += 1);
    let weak = |kind| kind == ReferenceKind::Weak;
    let roots = plan.roots.iter().filter(|root| root.counted && !weak(root.reference));
    roots.for_each(|root| explained[labels[&root.target]] += 1);
    plan.roots.retain(|root| {
        let target = &mut plan.objects[labels[&root.target]];
        let unsaid = root.is_held_label() && target.refcount.is_none();
        if unsaid {
            target.refcount = Some(explained[labels[&root.target]] + 1);
        }
        !unsaid
    });
}

fn add(plan: &Plan, addresses: &HashMap<&str, Address>) -> Result<SnapshotBuilder> {
    let mut builder = SnapshotBuilder::new();
    for object in &plan.objects {
        let type_name = builder.type_name(&object.type_name)?;
        builder.object(NewObject {
            address: addresses[object.label.as_str()],
            type_name,
            size: object.size,
            refcount: object.refcount,
            generation: object.generation,
            flags: object.flags,
            length: object.length,
            text: object.text.as_deref(),
        })?;
        for reference in &object.references {
            let name = reference.name.as_deref().map(|name| builder.name(name)).transpose()?;
            builder.reference(addresses[reference.target.as_str()], reference.tag, name);
        }
    }
    for root in &plan.roots {
        let path: Vec<&str> = root.path.iter().map(String::as_str).collect();
        builder.root(NewRoot {
            kind: root.kind,
            path: &path,
            reference: root.reference,
            name: root.name.as_deref(),
            target: addresses[root.target.as_str()],
            counted: root.counted,
        })?;
    }
    Ok(builder)
}
