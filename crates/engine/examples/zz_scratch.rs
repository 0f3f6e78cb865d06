//! Scratch.
#![allow(warnings)]
use docket_contract::spec::*; use docket_contract::*; use docket_engine::*;
fn main(){ for path in std::env::args().skip(1){
 let bytes=std::fs::read(&path).unwrap();
 let chunking = ParseChunking { target_length_words: 0, ignore_headers_and_footers: false };
 let spec=ParseSpec{chunking,..ParseSpec::default()};
 let t=std::time::Instant::now();
 let Ok(doc)=parse(bytes.clone(),&ParseRequest{spec:&spec,password:None,namespace:uuid::Uuid::nil()},&mut |_|{}) else { continue };
 let tp=t.elapsed(); 
 let text=doc.chunks.iter().flat_map(|c|&c.segments).map(|s|s.content.clone().unwrap_or_default()).collect::<Vec<_>>().join("\n\n");
 let mut line=format!("{} pages {} chars {} parse {:.0}ms", path.rsplit('/').next().unwrap(), doc.page_count, text.len(), tp.as_secs_f64()*1e3);
 for s in ChunkStrategy::ALL { let t=std::time::Instant::now(); let r=chunk(&doc,&ChunkSpec{strategy:s,chunk_chars:1000,overlap_chars:0}); let j:String=r.chunks.iter().map(|c|c.text.as_str()).collect(); if j!=text { println!("LOST {path} {s:?}"); }
  line+=&format!(" {}:{}/{:.0}ms", s.as_str(), r.total_chunks, t.elapsed().as_secs_f64()*1e3); }
 let t=std::time::Instant::now(); let cats:Vec<_>=["Invoice","Contract","Letter","Report"].iter().map(|n|Category{name:n.to_string(),description:None}).collect();
 let r=split(&doc,&SplitSpec{categories:cats,enable_reordering:false},uuid::Uuid::nil()); line+=&format!(" split {:.0}ms", t.elapsed().as_secs_f64()*1e3);
 let mut n=0; for p in &r.parts { n+=p.pages.len(); }
 if n!=doc.page_count { println!("PAGES {path} {n} {}", doc.page_count); }
 let t=std::time::Instant::now();
 let all:Vec<usize>=(1..=doc.page_count).collect();
 match pages_as_pdf(bytes.clone(),None,&all) { Ok(pdf)=>{ let i=inspect(pdf.clone(),None); if i.as_ref().map(|i|i.page_count)!=Ok(doc.page_count){println!("REOPEN {path} {i:?} {}",doc.page_count);} else { let again=parse(pdf.clone(),&ParseRequest{spec:&spec,password:None,namespace:uuid::Uuid::nil()},&mut |_|{}); let t2=again.map(|d|d.chunks.iter().flat_map(|c|&c.segments).map(|s|s.content.clone().unwrap_or_default()).collect::<Vec<_>>().join("\n\n")); if t2.as_deref().ok()!=Some(&text){ println!("TEXT {path} {} {:?}", text.len(), t2.map(|t|t.len())); } std::fs::create_dir_all("/tmp/cls/copies").ok(); std::fs::write(format!("/tmp/cls/copies/{}",path.rsplit('/').next().unwrap()),&pdf).ok(); line+=&format!(" copy {}->{} {:.0}ms",bytes.len(),pdf.len(),t.elapsed().as_secs_f64()*1e3);} }, Err(e)=>println!("ERR {path} {e}") }
 println!("{line}"); } }
